// The wire models of Discord.
