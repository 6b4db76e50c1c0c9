/** Production entry. It loads the program only after `process-memory.ts`, which may replace the process. */
import './lib/server/process-memory.ts';

await import('./http-server.ts');
