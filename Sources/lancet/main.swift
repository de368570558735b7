import Terminal

LancetCommand.start()
