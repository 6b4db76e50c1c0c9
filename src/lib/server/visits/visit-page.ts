import { eq, sql } from 'drizzle-orm';
import type { Channel } from '#lib/cases/vocabulary.ts';
import { visitState, type VisitState } from '#lib/visits/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { visitForActor, visitNumber, type VisitRow } from './find.ts';
import { officerFixed, type OfficerFixed } from './reassign.ts';
import { visitToken } from './token.ts';

export interface ShownPage {
	id: string;
	number: string;
	state: VisitState;
	unit: { id: string; slug: string; name: string; timeZone: string };
	day: string;
	createdAt: Date;
	begunAt: Date | null;
	closedAt: Date | null;
	expiresAt: Date;
	service: string | null;
	channel: Channel;
	purpose: string | null;
	officer: { id: string; name: string } | null;
	desk: { id: string; name: string } | null;
	/** Why who reads it does not change the officer; null: may. */
	officerFixed: OfficerFixed | null;
	/** The one it is not given to: a supervisor does not take a finished visit over. */
	notTo: string | null;
	/** Once the service is over, while the link is good. Shown alike whether it was used or not. */
	token: string | null;
}

/** One visit as the desk sees it. @throws NotFound */
export async function visitPage(actor: Actor, id: string): Promise<ShownPage> {
	const visit = await visitForActor(actor, id);
	const none = sql`false`;
	const [around] = await db()
		.select({
			unit: { id: units.id, slug: units.slug, name: units.name, timeZone: units.timeZone },
			officer: { id: officers.id, name: officers.name },
			desk: { id: places.id, name: places.name }
		})
		.from(units)
		.leftJoin(officers, visit.officerId === null ? none : eq(officers.id, visit.officerId))
		.leftJoin(places, visit.placeId === null ? none : eq(places.id, visit.placeId))
		.where(eq(units.id, visit.unitId));
	if (!around) throw new Error('a visit without a unit');
	const { day, createdAt, begunAt, closedAt, expiresAt, service, purpose } = visit;
	return {
		id: visit.id,
		number: visitNumber(visit.id),
		state: visitState(visit),
		...around,
		...{ day, createdAt, begunAt, closedAt, expiresAt, service, purpose },
		channel: visit.channel as Channel,
		officerFixed: officerFixed(actor, visit),
		notTo: officerFixed(actor, visit, actor.officerId) ? actor.officerId : null,
		token: isLinkGood(visit) ? visitToken(visit.id) : null
	};
}

const isLinkGood = ({ closedAt, expiresAt }: VisitRow): boolean => closedAt !== null && expiresAt > now();
