"""What each action may touch."""
