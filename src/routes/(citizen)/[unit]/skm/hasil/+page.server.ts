import { skmResultsPage } from '#lib/server/web/forms/skm-form.ts';

export const load = skmResultsPage;
