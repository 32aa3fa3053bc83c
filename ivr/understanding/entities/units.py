"""Units of measure by the names that callers use: Mandarin and English, as `folded` writes them.

A value of a `Quantity` keeps the unit that was said (十斤 is ten jin): what it converts to is for the flow to decide.
"""

from __future__ import annotations

_LENGTH = {
    "kilometer": "千米 公里 km kilometers kilometer kilometres kilometre",
    "meter": "米 公尺 m meters meter metres metre",
    "decimeter": "分米 公寸 dm",
    "centimeter": "厘米 公分 cm centimeters centimeter centimetres centimetre",
    "millimeter": "毫米 公厘 mm millimeters millimeter millimetres",
    "micrometer": "微米 μm",
    "nanometer": "纳米 nm",
    "picometer": "皮米 pm",
    "hectometer": "百米 hm",
    "decameter": "十米 dam",
    "mile": "英里 哩 miles mile",
    "nautical mile": "海里 浬 nautical miles nautical mile",
    "foot": "英尺 呎 ft feet foot",
    "inch": "英寸 吋 inches inch",
    "yard": "英码 码 yards yard",
    "light year": "光年",
    "li": "里 华里",
    "zhang": "丈",
    "chi": "尺 市尺",
    "cun": "寸 市寸",
    "pt": "磅因",
}
_AREA = {
    "square kilometer": "平方千米 平方公里 km²",
    "square hectometer": "平方百米",
    "square meter": "平方米 平米 平方 平 m² square meters square meter",
    "square decimeter": "平方分米",
    "square centimeter": "平方厘米 平方公分 cm²",
    "square millimeter": "平方毫米",
    "square foot": "平方英尺 平方呎 square feet",
    "square inch": "平方英寸",
    "square mile": "平方英里",
    "square yard": "平方码",
    "acre": "英亩 acres acre",
    "hectare": "公顷 hectares hectare",
    "are": "公亩",
    "mu": "亩 市亩",
    "qing": "顷",
    "ping": "坪",
}
_VOLUME = {
    "cubic meter": "立方米 方 m³",
    "cubic decimeter": "立方分米",
    "cubic centimeter": "立方厘米",
    "cubic millimeter": "立方毫米",
    "cubic kilometer": "立方千米 立方公里",
    "cubic foot": "立方英尺",
    "cubic inch": "立方英寸",
    "liter": "升 公升 liters liter litres litre l",
    "centiliter": "厘升",
    "deciliter": "分升",
    "milliliter": "毫升 ml milliliters",
    "hectoliter": "百升 公石",
    "gallon": "加仑 gallons gallon",
    "pint": "品脱 pints pint",
    "quart": "夸脱 quarts quart",
    "barrel": "桶油",
    "bushel": "蒲式耳",
    "dou": "斗",
    "dan": "石",
}
_WEIGHT = {
    "kilogram": "千克 公斤 kg kilograms kilogram kilos kilo",
    "gram": "克 g grams gram",
    "milligram": "毫克 mg milligrams",
    "microgram": "微克 μg",
    "nanogram": "纳克",
    "metric ton": "公吨 吨 t tons ton tonnes tonne",
    "pound": "磅 lbs lb",
    "ounce": "盎司 oz ounces ounce",
    "carat": "克拉",
    "jin": "斤 市斤",
    "liang": "两",
    "qian": "钱",
    "dan": "担",
    "long ton": "长吨 英吨",
    "short ton": "短吨 美吨",
}
_SPEED = {
    "kilometer per hour": "千米每小时 公里每小时 千米/小时 公里/小时 千米一小时 公里一小时 km/h 迈",
    "meter per second": "米每秒 米/秒 m/s",
    "kilometer per second": "千米每秒 公里每秒 千米/秒 公里/秒 km/s",
    "kilometer per minute": "千米每分钟 公里每分钟 千米/分钟 公里/分钟 km/min",
    "foot per second": "英尺每秒 英尺/秒",
    "foot per minute": "英尺每分钟 英尺/分钟",
    "yard per minute": "码每分钟 码每分 码/分",
    "yard per second": "码每秒 码/秒",
    "mile per hour": "英里每小时 英里/小时 mph",
    "knot": "节速 海里每小时",
}
_INFORMATION = {
    "bit": "比特 bits bit",
    "kilobit": "千比特 kbit",
    "megabit": "兆比特 兆位 mbit mbps",
    "gigabit": "吉比特 千兆比特 gbit gbps",
    "terabit": "太比特 兆兆比特",
    "byte": "字节 bytes byte",
    "kilobyte": "千字节 kb kilobytes",
    "megabyte": "兆字节 兆 mb megabytes",
    "gigabyte": "千兆字节 吉字节 个g gb g流量 gigabytes gigs gig",
    "terabyte": "太字节 兆兆字节 tb terabytes",
    "petabyte": "拍字节 pb",
}
_ENERGY = {
    "kilowatt hour": "千瓦时 度电 kwh 千瓦小时",
    "kilowatt": "千瓦 kw",
    "watt": "瓦 瓦特 w",
    "megawatt": "兆瓦",
    "horsepower": "马力 匹马力",
    "volt": "伏 伏特 v",
    "kilovolt": "千伏",
    "ampere": "安培 安",
    "milliampere hour": "毫安时 毫安 mah",
    "joule": "焦耳",
    "kilojoule": "千焦",
    "calorie": "卡路里",
    "kilocalorie": "千卡 大卡 kcal",
    "hertz": "赫兹 hz",
    "kilohertz": "千赫 千赫兹 khz",
    "megahertz": "兆赫 兆赫兹 mhz",
    "gigahertz": "吉赫 ghz",
    "decibel": "分贝 db",
    "mole": "摩尔 mol",
    "pascal": "帕斯卡",
}
UNITS: dict[str, str] = {}
"""Every name, and the unit it names."""
for _family in (_LENGTH, _AREA, _VOLUME, _WEIGHT, _SPEED, _INFORMATION, _ENERGY):
    for _unit, _listed in _family.items():
        for _phrase in ("nautical miles", "nautical mile", "square meters", "square meter", "square feet"):
            if _phrase in _listed:
                UNITS[_phrase] = _unit
                _listed = _listed.replace(_phrase, "")
        UNITS.update(dict.fromkeys(_listed.split(), _unit))
