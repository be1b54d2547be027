"""What every room may use: checks of arguments, errors, random draws, files, memory, types."""
