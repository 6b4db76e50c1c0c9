/** A process that reads the mailboxes of a database until it is killed. Its settings come from the environment. */
import { startReaders } from '#lib/server/channels/email/readers.ts';
import { useHandle } from '#lib/server/db/index.ts';
import { postgresHandle } from '#lib/server/db/open.ts';
import { env } from '#lib/server/env.ts';

useHandle(postgresHandle(env().DATABASE_URL ?? '', 3));
startReaders({ lookMs: 200, pollMs: 500 });
// Keeps the process running: the timers of the readers don't.
setInterval(() => undefined, 60_000);
