"""The API of books, journeys and logs, a module for each."""
