"""What readers fill in, a module for each subject."""
