import { redirect } from '@sveltejs/kit';
import { yearOf, localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';

export const load = async () => redirect(307, `/admin/calendar/${yearOf(localDate(now(), await firstZone()))}`);
