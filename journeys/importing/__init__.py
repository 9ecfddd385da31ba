"""Reading records from elsewhere: from a reader's file to rows they can look at, and from those to journeys.

`reading` tells what a file is and has its format's module parse it into records (pure, no database); `matching` holds
the records against what the reader has; `job` is the worker's side; `taking_in` makes journeys of what was confirmed,
or has it join one that is there (`joining`); `music` brings finished pieces along; `undoing` takes all of that back.
"""
