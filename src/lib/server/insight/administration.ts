import { isBackupOverdue, latestBackup } from '#lib/server/backup/list.ts';
import { missingDecrees, decreedYears } from '#lib/server/calendar/year.ts';
import { countUnattended } from '#lib/server/cases/handling/unattended.ts';
import { db } from '#lib/server/db/index.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { connectionState } from '#lib/server/escalation/connection/connection.ts';
import { countNamesToMap } from '#lib/server/escalation/tracking/unknown-status-names.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { actingRolesEndingSoon } from '#lib/server/people/access/acting-heads.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { firstZone, isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { listServices } from '#lib/server/people/units/services.ts';
import { openingStates } from '#lib/server/people/units/opening.ts';
import { listTokens } from '#lib/server/people/sign-in/tokens.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { listPlaces } from '#lib/server/places/places.ts';

/** The administrator's overview: the areas of the settings, and what needs a person at once. */
export async function administrationOverview(actor: Actor) {
	const units = await unitsForAdmin(actor);
	const people = await listPeople(actor);
	const officers = (await listOfficers(actor)).filter((officer) => officer.active);
	const places = (await listPlaces(actor)).filter((place) => !place.withdrawnAt);
	const years = await decreedYears();
	const connection = await connectionState();
	const open = units.filter(isOpenToPublic);
	const states = await openingStates(db(), open);
	const ofRoot = await isRootAdmin(actor);
	const latest = ofRoot ? await latestBackup() : null;
	return {
		counts: {
			units: units.length,
			officers: officers.length,
			services: (await listServices(actor)).filter((service) => service.active).length,
			places: places.length,
			people: people.length,
			tokens: (await listTokens(actor)).filter((token) => !token.revokedAt).length
		},
		years: years.toReversed(),
		lapor: connection.mode,
		zone: await firstZone(),
		/** Years without a decree, for administrators who may load it. Deadlines in these years are provisional until then. */
		decreesMissed: ofRoot ? await missingDecrees() : [],
		/** Reports that no account may open, until a person with the right is added. */
		unattended: await countUnattended(db(), actor),
		/** Open offices that lack something without which they would not be opened, such as a supervisor. */
		incomplete: open.flatMap(({ id, code, name }) => {
			const missing = states.get(id)?.lacks ?? [];
			return missing.length > 0 ? [{ code, name, missing }] : [];
		}),
		/** Whether the connection to LAPOR has stopped, for administrators who may repair it. */
		halted: ofRoot && connection.halt !== undefined,
		/** The number of LAPOR's status names without a meaning, only for administrators who may set one. */
		unmappedStatusNames: ofRoot ? await countNamesToMap() : 0,
		/**
		 * For administrators of the installation: the latest backup, whether it is too old, and whether a restore waits for a
		 * decision.
		 */
		backup: ofRoot ? { latest, overdue: isBackupOverdue(latest), held: await outgoingHeld() } : null,
		/** Accounts that nobody used for 90 days. */
		stale: people.filter((person) => person.stale).length,
		actingEnding: await actingRolesEndingSoon(actor.units.admin)
	};
}
