"""Other software at the engine's jobs, a module each; worker.py says which functions it calls."""
