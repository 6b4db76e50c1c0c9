import { and, notInArray, sql } from 'drizzle-orm';
import { endOccasions, isRunning, notify } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { CASE_ROLES } from '#lib/server/people/access/kinds.ts';
import { roleHolders } from '#lib/server/people/administration.ts';
import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';

/**
 * Open offices whose new cases reach no account: neither they nor the offices above have a handler or supervisor who has
 * a password. Others could not open the case.
 */
export async function officesWithoutReaders() {
	const readers = (await roleHolders(db(), CASE_ROLES)).filter(({ hasPassword }) => hasPassword);
	const withReaders = new Set(readers.map(({ unitId }) => unitId));
	const { units } = await referenceData();
	return units.filter((unit) => isOpenToPublic(unit) && !chainOf(unit).some((id) => withReaders.has(id)));
}

const running = isRunning('office_without_readers');

/**
 * Runs each minute: notifies the administrators of the nearest office that has one of an office where nobody would be
 * notified of a new case. Marks the notices as read when somebody would. At most one notice per day and office.
 */
export async function notifyOfOfficesWithoutReaders(): Promise<void> {
	const offices = await officesWithoutReaders();
	const ids = offices.map(({ id }) => id);
	const officeOfNotice = sql`${notices.data} ->> 'unit'`;
	await endOccasions(db(), and(running, notInArray(officeOfNotice, ids)));
	if (offices.length === 0) return;
	const told = await db()
		.select({ unitId: sql<string>`${officeOfNotice}`, accountId: notices.accountId })
		.from(notices)
		.where(running);
	const administrators = await roleHolders(db(), ['admin']);
	for (const office of offices) {
		const { id, name } = office;
		const nearest = chainOf(office).findLast((above) => administrators.some(({ unitId }) => unitId === above));
		const people = administrators
			.filter(({ unitId }) => unitId === nearest)
			.map((one) => one.id)
			.filter((accountId) => !told.some((one) => one.unitId === id && one.accountId === accountId));
		await transaction((tx) =>
			notify(tx, people, {
				kind: 'office_without_readers',
				occasion: `${id}:${now().toISOString().slice(0, 10)}`,
				data: { unit: id, name },
				page: '/admin/people'
			})
		);
	}
}
