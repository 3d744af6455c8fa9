"""What the API writes to people, in every language, by the code of the sentence."""
