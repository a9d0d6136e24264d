// WebSocket over wslay.
