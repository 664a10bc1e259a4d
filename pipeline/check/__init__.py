"""Will a phone on this firmware accept this server, on this day; and if not, what helps?"""
