"""The output layers: one question, the loss of the right word without scoring the whole vocabulary; one
answer a file.
"""
