"""One loop around gluon.Trainer that knows no model, and what it needs: evaluation, checkpoints, progress."""
