"""Units that suppliers count in."""

from pyspark.sql import Column
from pyspark.sql import functions as F

PIECES = {"piece": 1, "dozen": 12, "pallet": 480}


def to_pieces(quantity: Column, unit: Column) -> Column:
    factor = F.create_map([F.lit(part) for pair in PIECES.items() for part in pair])
    return quantity.cast("int") * factor[unit]
