export const load = ({ locals }) => ({ lang: locals.lang });
