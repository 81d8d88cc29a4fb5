"""What is required: vocabulary, catalogue, profiles and their schemas, with a small loader."""
