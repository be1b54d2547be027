"""The models: what turns a position of the text into the hidden vector that an output layer takes."""
