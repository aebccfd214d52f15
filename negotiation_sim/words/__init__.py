"""What the program says in words: one sentence for each thing that can happen."""
