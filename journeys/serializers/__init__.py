"""What is sent and received over HTTP, a module for each subject."""
