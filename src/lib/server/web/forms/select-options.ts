import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { officersAt } from '#lib/server/people/officers/officers.ts';
import { servicesOf } from '#lib/server/people/units/services.ts';

/**
 * The actor's offices, and the chosen one: that in the address, else the first. @throws NotFound if the address names
 * another office
 */
export async function deskOffice(actor: Actor, slug: string | null) {
	const units = await deskUnits(actor);
	const unit = slug ? units.find((one) => one.slug === slug) : units[0];
	if (!unit) throw new NotFound();
	return { units, unit };
}

export const officeChoices = ({ units, unit }: Awaited<ReturnType<typeof deskOffice>>) => ({
	office: { slug: unit.slug, name: unit.name, timeZone: unit.timeZone },
	units: units.map(({ slug, name }) => ({ slug, name }))
});

/** The services that an office offers, in the language of the page. */
export const serviceChoices = async (unitId: string, lang: App.Locals['lang']) =>
	(await servicesOf(unitId)).map(({ kind, name, nameEn }) => ({ kind, name: lang === 'en' ? nameEn : name }));

export const officerChoices = async (unitId: string) =>
	(await officersAt(unitId)).map(({ id, name }) => ({ id, name }));
