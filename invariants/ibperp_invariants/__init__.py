"""What must hold in every state and along every trace of the specification."""
