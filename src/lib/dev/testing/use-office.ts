import { beforeEach } from 'vitest';
import { useFreshDatabase } from './database.ts';
import { makeOffice, type Office } from './office.ts';

/** Gives a spec a fresh database, and each test its own office. */
export function useOffice(): Office {
	useFreshDatabase();
	const office = {} as Office;
	beforeEach(async () => {
		Object.assign(office, await makeOffice());
	});
	return office;
}
