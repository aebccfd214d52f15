"""Questions that run the ensemble again, and the tests of the model against history."""
