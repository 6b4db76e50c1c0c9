import { useFreshDatabase } from './database.ts';

// Runs before each file of database specs (vite.config.ts).
useFreshDatabase();
