"""From kernels to the system: who writes which field, and what each law rests on."""
