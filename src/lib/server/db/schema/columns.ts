import { bigint, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';

type OnDelete = Parameters<ReturnType<typeof uuid>['references']>[1];

/** A moment, in UTC. */
export const at = () => timestamp({ withTimezone: true, mode: 'date' });

// Required references to tables that most other tables reference.
export const accountId = (rule?: OnDelete) =>
	uuid()
		.notNull()
		.references(() => accounts.id, rule);
export const caseId = (rule?: OnDelete) =>
	bigint({ mode: 'number' })
		.notNull()
		.references(() => cases.id, rule);
