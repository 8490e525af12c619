# Ce que lisent les utilisateurs, en français.
