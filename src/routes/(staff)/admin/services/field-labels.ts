import { m } from '#lib/paraglide/messages.js';

/** By the last part of the field's name. */
const LABELS: Record<string, () => string> = {
	name: m.admin_service_name,
	nameEn: m.admin_service_name_en,
	decree: m.admin_standard_decree,
	decreeDate: m.admin_standard_decree_date,
	source: m.standard_source,
	retrievedOn: m.admin_standard_retrieved,
	duration: m.admin_standard_duration,
	fee: m.standard_fee,
	products: m.admin_standard_products,
	complaints: m.admin_standard_complaints,
	requirements: m.standard_requirements,
	steps: m.admin_standard_steps,
	time: m.common_time
};

/** Ways to use a service, as the form orders them. */
export const WAYS = ['visit', 'website', 'whatsapp', 'email'] as const;
const WAY_WORDS: Record<string, () => string> = {
	visit: m.admin_way_visit,
	website: m.admin_way_website,
	whatsapp: m.common_by_whatsapp,
	email: m.common_by_email
};
export const wayLabel = (way: string): string => WAY_WORDS[way]?.() ?? '';

/** Label of a field of a service's form, for example of `standard.ways.visit.steps`. */
export const labelOf = (field: string): string => LABELS[field.split('.').at(-1) ?? '']?.() ?? '';

/** The label after the way to which the field belongs, because the fields of each way have the same labels. */
export const fullLabelOf = (field: string): string =>
	[wayLabel(field.split('.').at(-2) ?? ''), labelOf(field)].filter(Boolean).join(', ');
