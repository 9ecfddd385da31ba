"""The product's own settings for the products of a test run, but for the half second that hashing a password takes."""

from readingjourney.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
