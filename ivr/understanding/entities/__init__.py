"""What a turn names: numbers, money, dates, phone numbers, addresses, products. See entity.py and find.py."""
