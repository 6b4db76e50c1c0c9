import { beforeEach } from 'vitest';
import { makeOffice, type Office } from './office.ts';

/** Gives each test its own office. */
export function useOffice(): Office {
	const office = {} as Office;
	beforeEach(async () => {
		Object.assign(office, await makeOffice());
	});
	return office;
}
