import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { chainOf, referenceData, type Unit } from '#lib/server/reference/reference.ts';

/** Who is responsible for the personal data of a unit. */
export interface Responsible {
	/** The account that gets requests; null if neither the unit nor a unit above names one. It may be inactive. */
	accountId: string | null;
	/** A person or a function. */
	name: string;
	/** How to reach them; null if no office up to the root has a contact. */
	contact: string | null;
}

/**
 * Returns who is responsible for a unit's personal data. The account is that of the nearest unit that names one. Name
 * and contact belong together: they are those of the nearest unit that has one of the two, otherwise the unit's own
 * responsible person with the nearest e-mail address or telephone.
 * @throws NotFound if the unit does not exist
 */
export async function responsibleFor(unitId: string): Promise<Responsible> {
	const { unitById } = await referenceData();
	const unit = unitById.get(unitId);
	if (!unit) throw new NotFound(`unit ${unitId}`);
	const nearestFirst = chainOf(unit)
		.reverse()
		.flatMap((id) => unitById.get(id) ?? []);
	const named = nearestFirst.find(({ privacyName, privacyContact }) => privacyName ?? privacyContact) ?? unit;
	const from = nearestFirst.slice(nearestFirst.indexOf(named));
	return {
		accountId: nearestFirst.find(({ privacyAccountId }) => privacyAccountId)?.privacyAccountId ?? null,
		name: named.privacyName ?? named.responsible ?? named.name,
		contact: named.privacyContact ?? (from.map(officeContact).find((contact) => contact !== '') || null)
	};
}

/** Accounts of the responsible persons of the units above, the nearest first. */
export async function responsibleAbove(unitId: string): Promise<string[]> {
	const { unitById } = await referenceData();
	const above = chainOf(unitById.get(unitId)).slice(0, -1);
	return above.reverse().flatMap((id) => unitById.get(id)?.privacyAccountId ?? []);
}

/**
 * Ids of the units whose requests and breaches the actor handles: those that the actor administers, and those for whose
 * personal data the actor is responsible, as long as the actor still supervises them.
 */
export async function unitsOfKeeper({ accountId, units }: Actor): Promise<string[]> {
	const { units: all, unitById } = await referenceData();
	const responsible = (unit: Unit) =>
		chainOf(unit).reduce<string | null>((account, id) => unitById.get(id)?.privacyAccountId ?? account, null);
	const supervised = all.filter(({ id }) => accountId !== null && units.supervisor.includes(id));
	const own = supervised.filter((unit) => responsible(unit) === accountId).map(({ id }) => id);
	return [...new Set([...units.admin, ...own])];
}

const officeContact = ({ email, phone }: Unit): string => [email, phone].filter(Boolean).join(' · ');
