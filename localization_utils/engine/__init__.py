"""The engine: how images pass the trunk in the least time. No lesson needs to open it."""
