import { and, eq, ne } from 'drizzle-orm';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { withoutIdentity } from '#lib/server/integrations/lapor/identity.ts';
import { namePartsOf } from '#lib/text/redaction.ts';

/**
 * The client for the calls about a sent report. LAPOR knows a name that was sent with it, and may repeat it. If staff may
 * not see the name, the client removes it from all texts of the responses.
 */
export async function clientWithoutWithheldName(client: LaporClient, escalationId: string): Promise<LaporClient> {
	const [row] = await db()
		.select({ sealed: escalations.identitySealed })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(eq(escalations.id, escalationId), ne(cases.identity, 'named')));
	const reporter = await decryptReporter(row?.sealed ?? null);
	if (!reporter) return client;
	const { name, email, phone } = reporter;
	const identity = { nameUser: name ?? '', emailUser: email ?? '', phoneUser: phone ?? '' };
	const clean = withoutIdentity(identity, namePartsOf(name));
	return {
		...client,
		complaintDetail: (id) => client.complaintDetail(id, clean),
		followups: (id, page) => client.followups(id, page, clean),
		lookup: (reference) => client.lookup(reference, clean),
		addFollowup: (followup) => client.addFollowup(followup, clean)
	};
}
