"""The engine: sends images through the trunk in the least time. No lesson needs it."""
