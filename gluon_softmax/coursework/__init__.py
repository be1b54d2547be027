"""Exercises that answer back: starters, checks that name the mistake that was made, marks for a class."""
