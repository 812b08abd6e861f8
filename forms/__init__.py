"""Words and questions: definitions, types, conditions, validation and formats. Pure: no Flask, no database, no pandas."""
