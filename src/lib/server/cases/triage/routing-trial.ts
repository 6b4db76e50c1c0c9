import { not } from 'drizzle-orm';
import { z } from 'zod';
import { firstRule, matchesRule, wordsFound, type Routable } from '#lib/cases/routing.ts';
import { CASE_KINDS, CATEGORIES, CHANNELS, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { looksLikeReference } from '#lib/text/reference-numbers.ts';
import { checked } from '#lib/server/checked.ts';
import { db } from '#lib/server/db/index.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { caseForActor, type CaseRow, type UnitRow } from '../find.ts';
import { withWorkload } from '../handling/workload.ts';
import { hiddenFrom } from '../visibility.ts';
import { assigneeOfRule, routable, routingRulesFor } from './route.ts';

const trialInput = z.object({
	/** A text or the number of a report. */
	text: z.string({ error: 'routing_text' }).trim().min(3, 'routing_text').max(8000, 'routing_text'),
	unitId: z.uuid('routing_choice'),
	kind: z.enum(CASE_KINDS, { error: 'kind_invalid' }).default('complaint'),
	category: z.enum(CATEGORIES, { error: 'category_invalid' }).optional(),
	service: z.enum(SERVICE_KINDS, { error: 'service_invalid' }).optional(),
	channel: z.enum(CHANNELS, { error: 'channel_invalid' }).default('web'),
	placeId: z.uuid('routing_choice').optional()
});

export type RoutingTrial = Awaited<ReturnType<typeof tryRouting>>;

/**
 * Shows which rule matches a text or report and what the rule would do, without applying it. A report that the actor
 * may not see counts as missing. Of a visible report only the number is shown.
 */
export async function tryRouting(actor: Actor, raw: unknown) {
	const input = checked(trialInput, raw);
	const { report, row, unit } = looksLikeReference(input.text)
		? await ofCase(actor, input.text)
		: await ofText(actor, input);
	const rules = await routingRulesFor(unit);
	const first = firstRule(report, rules);
	const routed = first ? await assigneeOfRule(db(), first, row, unit.timeZone) : null;
	// The rule counts all cases. The number on the page leaves out those that are hidden from the actor.
	const shownCases = not(hiddenFrom(actor));
	const [shown] = routed?.worker ? await withWorkload(db(), [routed.worker], unit.timeZone, shownCases) : [];
	return {
		reference: 'reference' in row ? row.reference : null,
		unit: unit.name,
		rules: rules.map((rule) => ({
			id: rule.id,
			name: rule.name,
			met: matchesRule(report, rule),
			decides: rule.id === first?.id,
			words: wordsFound(rule.words, report.text)
		})),
		priority: first?.priority ?? null,
		assign: first?.assign ?? null,
		worker: shown ? { name: shown.name, open: shown.open } : null,
		insteadOf: routed?.insteadOf?.name ?? null
	};
}

interface TrialCase {
	report: Routable;
	row: CaseRow | { id: number; handlingUnitId: string; restricted: boolean };
	unit: UnitRow;
}

async function ofCase(actor: Actor, reference: string): Promise<TrialCase> {
	try {
		const { row, unit } = await caseForActor(actor, reference);
		return { report: routable(row), row, unit };
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		throw invalid('text', 'report_unknown');
	}
}

async function ofText(actor: Actor, input: z.output<typeof trialInput>): Promise<TrialCase> {
	requireAdmin(actor, input.unitId);
	const unit = (await referenceData()).unitById.get(input.unitId);
	if (!unit) throw new NotFound(`unit ${input.unitId}`);
	const { kind, channel, text, category = null, service = null, placeId = null } = input;
	// A text has no row, so no officer is named. The receiving unit handles it, or the unit above for integrity.
	const restricted = category === 'integrity';
	const handlingUnitId = restricted ? (unit.parentId ?? unit.id) : unit.id;
	return {
		report: { kind, channel, text, category, service, placeId },
		row: { id: 0, handlingUnitId, restricted },
		unit
	};
}
