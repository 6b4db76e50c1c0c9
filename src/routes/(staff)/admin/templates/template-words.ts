import type { Placeholder, TemplateUse } from '#lib/cases/placeholders.ts';
import { m } from '#lib/paraglide/messages.js';

export const useWord = (use: TemplateUse): string => m[`answering_use_${use}`]();
export const fillsWord = (placeholder: Placeholder): string =>
	placeholder === 'nomor' ? m.term_reference() : m[`answering_fills_${placeholder}`]();
