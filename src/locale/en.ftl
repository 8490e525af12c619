# What users read, in English.
