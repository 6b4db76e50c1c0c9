import { getTableName } from 'drizzle-orm';
import { answerTemplates } from './schema/answers.ts';
import { calendarDays, calendarYears, clockRules } from './schema/clocks.ts';
import { absences } from './schema/people.ts';
import { publicFigures, publicPages } from './schema/recap.ts';
import { retentionRules } from './schema/retention.ts';
import { settings } from './schema/settings.ts';
import { skmOffices, skmPublications } from './schema/skm.ts';
import { categoryWords, routingRules } from './schema/triage.ts';
import { officers, places, rosterShifts, services, units } from './schema/units.ts';

/** Names of the tables that `server/reference` keeps in memory. They are small and change a few times a week. */
export const REFERENCE_TABLES: ReadonlySet<string> = new Set(
	[
		...[units, officers, services, places, rosterShifts, absences],
		...[calendarYears, calendarDays, clockRules, routingRules, categoryWords, answerTemplates],
		...[settings, skmOffices, skmPublications, publicPages, publicFigures, retentionRules]
	].map(getTableName)
);
