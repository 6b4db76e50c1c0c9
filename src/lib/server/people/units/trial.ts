import { sql, type Column, type SQL } from 'drizzle-orm';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { holds, type Actor } from '../actor.ts';

/*
 * An office in trial (docs/decisions/0044). Its own staff practise with its pages. Nothing in it is numbered, counted or
 * sent, and the end of the trial deletes it all. Rows have no mark of their own: the state of their office decides.
 */

/** Whether the office is in trial. */
export const isInTrial = ({ state }: Pick<Unit, 'state'>): boolean => state === 'trial';

/** Whether the office with this id is in trial. */
export async function isTrialUnit(unitId: string): Promise<boolean> {
	const unit = (await referenceData()).unitById.get(unitId);
	return unit !== undefined && isInTrial(unit);
}

/** Whether a signed-in person may practise at an office: it is in trial, and they work there or have a role that reaches it. */
export async function mayPractise(unit: Pick<Unit, 'id' | 'state'>, by: Actor | null | undefined): Promise<boolean> {
	// A token belongs to another system: what it sends would be real.
	if (!isInTrial(unit) || !by?.accountId || by.scopes !== null) return false;
	const { officerById } = await referenceData();
	return holds(by, unit.id, ...ROLES) || officerById.get(by.officerId ?? '')?.unitId === unit.id;
}

/** Names of the offices in trial where the actor practises, in tree order. */
export async function practisedOffices(actor: Actor | null): Promise<string[]> {
	const trials = (await referenceData()).units.filter(isInTrial);
	const own = await Promise.all(trials.map((unit) => mayPractise(unit, actor)));
	return trials.flatMap(({ name }, index) => (own[index] ? [name] : []));
}

const offices = sql`(select ${units.id} from ${units} where ${units.state} = 'trial')`;

/** Condition for rows of offices in trial. @param unitId the row's office */
export const inTrial = (unitId: Column | SQL): SQL => sql`${unitId} in ${offices}`;

/** Condition for rows of offices that are not in trial. Every figure contains it. @param unitId the row's office */
export const notInTrial = (unitId: Column | SQL): SQL => sql`${unitId} not in ${offices}`;

/** The actor without their roles in offices in trial: for what leaves the site, such as exports, e-mails and the API. */
export async function outsideTrial(actor: Actor): Promise<Actor> {
	const { units: all } = await referenceData();
	const trialIds = new Set(all.filter(isInTrial).map(({ id }) => id));
	if (trialIds.size === 0) return actor;
	const kept = ROLES.map((role) => [role, actor.units[role].filter((id) => !trialIds.has(id))]);
	return { ...actor, units: Object.fromEntries(kept) as Actor['units'] };
}
