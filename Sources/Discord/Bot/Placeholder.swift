// A bot.
