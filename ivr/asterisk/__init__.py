"""The telephone side: AGI, AudioSocket and AMI, each a codec without I/O and an asyncio edge."""
