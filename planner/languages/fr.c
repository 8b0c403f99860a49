/* SPDX-License-Identifier: PostgreSQL */
/*
 * French. "Vous", as one writes to a customer, and the words of Meta's own French pages: compte
 * WhatsApp Business, portefeuille business, inscription intégrée, nom d’affichage, token.
 *
 * The spaces before ; : ! ? » and after « are no-break spaces (U+00A0), and apostrophes are ’: the
 * test refuses others. A remedy that may be sent to a customer also reads right to the partner.
 */
#include "planner/language.h"

/* clang-format off */
static const struct language_text texts[] = {
    /* ---- the page ---- */
    {"no time", "moins d’une seconde"},
    {"Passes", "Conforme"},
    {"Warns", "Alerte"},
    {"Not known", "Inconnu"},
    {"Fails", "Non conforme"},
    {"Meta has verified the business", "Meta a vérifié l’entreprise"},
    {"The old account is approved", "L’ancien compte est approuvé"},
    {"The new account is approved", "Le nouveau compte est approuvé"},
    {"A payment method is in place", "Un moyen de paiement est en place"},
    {"Two-step verification is off", "La vérification en deux étapes est désactivée"},
    {"The display name is approved", "Le nom d’affichage est approuvé"},
    {"No change of the display name is pending",
     "Aucun changement du nom d’affichage n’est en cours"},
    {"It is not a test number", "Ce n’est pas un numéro de test"},
    {"It is not in the WhatsApp Business app",
     "Il n’est pas utilisé dans l’application WhatsApp Business"},
    {"It is on Cloud API", "Il utilise l’API Cloud"},
    {"Both accounts belong to the same business",
     "Les deux comptes appartiennent à la même entreprise"},
    {"The webhooks are subscribed", "Les webhooks sont abonnés"},
    {"It has not moved already", "Il n’a pas déjà été migré"},
    {"Registrations are left for it", "Il lui reste des enregistrements"},
    {"There is room for its templates", "Il y a de la place pour ses modèles de message"},
    {"The currency of the account can be used", "La devise du compte convient"},
    {"Embedded Signup is done", "L’inscription intégrée est effectuée"},
    {"The number is verified", "Le numéro est vérifié"},
    {"Customer", "Client"},
    {"Partner", "Partenaire"},
    {"Previous partner", "Ancien partenaire"},
    {"Meta", "Meta"},
    {"Waits for the signup", "Attend l’inscription"},
    {"Waits for the verification code", "Attend le code de vérification"},
    {"Waits for its time", "Attend le moment prévu"},
    {"Waits for a token", "Attend un token"},
    {"Unchanged", "Inchangé"},
    {"Newly eligible", "Nouvellement éligible"},
    {"Newly blocked", "Nouvellement bloqué"},
    {"New in the book", "Nouveau dans le lot"},
    {"Other calls (per app)", "Autres appels (par application)"},
    {"Business Management API (per WABA)", "API Business Management (par WABA)"},
    {"Credit line (per app)", "Ligne de crédit (par application)"},
    {"Registrations (per number)", "Enregistrements (par numéro)"},
    {"the number of calls at once", "le nombre d’appels simultanés"},
    {"one number's own chain of calls", "l’enchaînement des appels d’un même numéro"},
    {"Eligibility report", "Rapport d’éligibilité"},
    {"Status", "État d’avancement"},
    {"Report", "Rapport"},
    {"Nobody", "Personne"},
    {"Blocked", "Bloqué"},
    {"Failed", "En échec"},
    {"Waiting", "En attente"},
    {"Can move", "Prêt à migrer"},
    {"Being moved", "Migration en cours"},
    {"Not looked at", "Pas encore examiné"},
    {"Done", "Terminé"},
    {"Cancelled", "Annulé"},
    {"Eligible", "Éligible"},
    {"Not eligible", "Non éligible"},
    {"Day", "Jour"},
    {"Numbers", "Numéros"},
    {"Calls", "Appels"},
    {"The last look of each day", "Le dernier relevé de chaque jour"},
    {"The book over the nights", "Le lot au fil des nuits"},
    {"{n} day with a look at the book; the last look of the day counts.",
     "{n} jour avec un relevé du lot ; le dernier relevé du jour fait foi."},
    {"{n} days with a look at the book; the last look of each day counts.",
     "{n} jours avec un relevé du lot ; le dernier relevé de chaque jour fait foi."},
    {"The same in figures", "Les mêmes données en chiffres"},
    {"Hello,", "Bonjour,"},
    {"All your numbers: {numbers}", "Tous vos numéros : {numbers}"},
    {"Numbers: {numbers}", "Numéros : {numbers}"},
    {"Number: {numbers}", "Numéro : {numbers}"},
    {"We are preparing the move of the WhatsApp numbers of {name} to their new WhatsApp Business "
     "Account. Before they can move, we need you to do this:",
     "Nous préparons la migration des numéros WhatsApp de {name} vers leur nouveau compte "
     "WhatsApp Business. Pour qu’elle puisse avoir lieu, nous vous remercions d’effectuer les "
     "actions suivantes :"},
    {"Please look at this as well; it does not hold the move up:",
     "Merci d’examiner également les points suivants, qui ne retardent pas la migration :"},
    {"We are preparing the move of the WhatsApp numbers of {name} to their new WhatsApp Business "
     "Account. Nothing holds it up; please look at this all the same:",
     "Nous préparons la migration des numéros WhatsApp de {name} vers leur nouveau compte "
     "WhatsApp Business. Rien ne la retarde ; merci toutefois d’examiner les points suivants :"},
    {"Until a number moves, it stays in service where it is. We check again regularly and go on "
     "as soon as this is done.",
     "Jusqu’à sa migration, chaque numéro reste en service là où il se trouve. Nous vérifions "
     "régulièrement l’avancement et poursuivrons dès que ces points seront réglés."},
    {"Kind regards,", "Cordialement,"},
    {"Copied.", "Copié."},
    {"The text is selected: press Ctrl+C, or Cmd+C on a Mac.",
     "Le texte est sélectionné : appuyez sur Ctrl+C, ou sur Cmd+C sur un Mac."},
    {"There is nothing for this customer to do.", "Ce client n’a rien à faire."},
    {"Who must act: {owners}.", "Qui doit agir : {owners}."},
    {"Nobody has to act.", "Personne n’a à agir."},
    {"Open in the mail program", "Ouvrir dans la messagerie"},
    {"Your WhatsApp numbers: what we need from you",
     "Vos numéros WhatsApp : les actions à effectuer"},
    {"Message to send", "Message à envoyer"},
    {"The message is too long for a link: copy it and paste it into the mail.",
     "Le message est trop long pour un lien : copiez-le et collez-le dans l’e-mail."},
    {"({n} thing to do)", "({n} action à effectuer)"},
    {"({n} things to do)", "({n} actions à effectuer)"},
    {"Language of the message", "Langue du message"},
    {"Copy", "Copier"},
    {"Subject:", "Objet :"},
    {"Read from Graph, {when}", "Lu dans Graph, {when}"},
    {"Read from Graph", "Lu dans Graph"},
    {"Confirmed by {who}, {when}", "Confirmé par {who}, {when}"},
    {"the customer", "le client"},
    {"No evidence", "Aucune preuve"},
    {"at the step {step}", "à l’étape {step}"},
    {"error {code}", "erreur {code}"},
    {"Nobody: the run mends it", "Personne : le programme s’en charge"},
    {"{n} more", "{n} de plus"},
    {"Not before {when}", "Pas avant : {when}"},
    {"Nothing stands in its way.", "Rien ne s’y oppose."},
    {"It has moved.", "Il a été migré."},
    {"Nothing to do about these; they answer themselves:",
     "Rien à faire pour ces points, qui se régleront d’eux-mêmes :"},
    {"Why", "Pourquoi"},
    {"{n} number", "{n} numéro"},
    {"{n} numbers", "{n} numéros"},
    {"What was found", "Constat"},
    {"Who must act", "Qui doit agir"},
    {"What to do", "Que faire"},
    {"{n} of its {all} numbers fit the filter.",
     "Numéros de ce client qui correspondent au filtre : {n} sur {all}."},
    {"The numbers of", "Les numéros de"},
    {"{n} of {all}", "{n} sur {all}"},
    {"The customers, by what stands in their way",
     "Les clients, selon ce qui retarde leurs numéros"},
    {"No number fits. Clear a filter, or look for something else.",
     "Aucun numéro ne correspond. Effacez un filtre, ou cherchez autre chose."},
    {"Previous page", "Page précédente"},
    {"Next page", "Page suivante"},
    {"Pages of customers", "Pages de clients"},
    {"Close all on this page", "Tout replier sur cette page"},
    {"Open all on this page", "Tout déplier sur cette page"},
    {"{n} customer", "{n} client"},
    {"{n} customers", "{n} clients"},
    {"Customers {first} to {last} of {all}", "Clients {first} à {last} sur {all}"},
    {"Printed are the first {n} customers of {all}: filter the page to print the others.",
     "Seuls les {n} premiers clients sur {all} sont imprimés : filtrez la page pour imprimer les "
     "autres."},
    {"All", "Tous"},
    {"Clear the filters", "Effacer les filtres"},
    {"Filter the customers", "Filtrer les clients"},
    {"Customer or number", "Client ou numéro"},
    {"State", "État"},
    {"Rule", "Règle"},
    {"Change", "Évolution"},
    {"Since", "Depuis"},
    {"Since when each rule gives its answer", "Depuis quand chaque règle donne sa réponse"},
    {"(no more)", "(ce n’est plus le cas)"},
    {"When", "Quand"},
    {"Step", "Étape"},
    {"Sent", "Envoi"},
    {"Answer", "Réponse"},
    {"Every exchange with Graph", "Tous les échanges avec Graph"},
    {"no answer", "pas de réponse"},
    {"In doubt since {when}", "Dans le doute depuis le {when}"},
    {"Came at {when}, too late: refused, and kept here",
     "Arrivé le {when}, trop tard : refusé, et conservé ici"},
    {"The number's story", "L’historique du numéro"},
    {"Filtered: {words}", "Filtre : {words}"},
    {"Language", "Langue"},
    {"Skip to the customers", "Aller aux clients"},
    {"As of {when}", "Situation au {when}"},
    {"Made offline: Meta was not asked. This is what the manifest alone says.",
     "Établi hors ligne : Meta n’a pas été interrogé. Ce rapport ne reflète que le manifeste."},
    {"Can move tonight", "Prêt à migrer cette nuit"},
    {"Summary", "Synthèse"},
    {"number of {customers}", "numéro chez {customers}"},
    {"numbers of {customers}", "numéros chez {customers}"},
    {"What changed since {when}", "Évolution depuis le {when}"},
    {"{n} number is no more in the book", "{n} numéro n’est plus dans le lot"},
    {"{n} numbers are no more in the book", "{n} numéros ne sont plus dans le lot"},
    {"Share", "Part"},
    {"Verdicts by rule", "Verdicts par règle"},
    {"Every rule on every number that is still to move. Choose a rule to see its customers.",
     "Chaque règle appliquée à chaque numéro restant à migrer. Choisissez une règle pour voir "
     "les clients concernés."},
    {"How many numbers each rule lets pass", "Combien de numéros satisfont chaque règle"},
    {"Who must act, and for how many numbers", "Qui doit agir, et pour combien de numéros"},
    {"Customers", "Clients"},
    {"{n} in {time}", "{n} en {time}"},
    {"none known", "inconnue"},
    {"Quota", "Quota"},
    {"Most of one", "Maximum"},
    {"Limit of each", "Limite"},
    {"Takes", "Durée"},
    {"Forecast", "Prévision"},
    {"Registrations", "Enregistrements"},
    {"Time", "Durée"},
    {"Nights", "Nuits"},
    {"What takes the time", "Ce qui prend du temps"},
    {"Calls by quota", "Appels par quota"},
    {"There is no number in this book.", "Ce lot ne contient aucun numéro."},
    {"Made by wabamigrate {version}.", "Établi par wabamigrate {version}."},
    {"{n} call to Meta was made for it.", "{n} appel à Meta a été effectué pour l’établir."},
    {"{n} calls to Meta were made for it.", "{n} appels à Meta ont été effectués pour l’établir."},
    {"This report is a page with a script of its own, and the script may not run here. Allow it "
     "for this file (it uses no network), or ask for the report with --format table or --format "
     "csv.",
     "Ce rapport est une page dotée de son propre script, et ce script n’a pas le droit de "
     "s’exécuter ici. Autorisez-le pour ce fichier (il n’utilise pas le réseau), ou demandez le "
     "rapport avec --format table ou --format csv."},

    /* ---- message templates, on the page ---- */
    {"copied", "copiés"},
    {"there already", "déjà présents"},
    {"on their way", "en cours de copie"},
    {"not copied yet", "pas encore copiés"},
    {"not fit for copying", "non copiables"},
    {"given up", "abandonnés"},
    {"rejected after copying", "rejetés après la copie"},
    {"in another category", "dans une autre catégorie"},
    {"paused after copying", "suspendus après la copie"},
    {"disabled after copying", "désactivés après la copie"},
    {"archived since", "archivés depuis"},
    {"gone since", "disparus depuis"},
    {"Template", "Modèle"},
    {"Category", "Catégorie"},
    {"Templates somebody has to look after", "Modèles dont quelqu’un doit s’occuper"},
    {"only if it is still wanted", "seulement s’il est encore utile"},
    {"({n} template)", "({n} modèle)"},
    {"({n} templates)", "({n} modèles)"},
    {"The templates of the old account are not known:",
     "Les modèles de l’ancien compte ne sont pas connus :"},
    {"From its move on, {n} number was without a template that it had for {worst}.",
     "À partir de sa migration, {n} numéro a été privé d’un de ses modèles pendant {worst}."},
    {"From their move on, {n} numbers were without a template that they had for {median} (median), {worst} at worst.",
     "À partir de leur migration, {n} numéros ont été privés d’un de leurs modèles pendant {median} (médiane), {worst} au pire."},
    {"{n} of them still is.", "{n} l’est encore."},
    {"{n} of them still are.", "{n} le sont encore."},
    {"Message templates", "Modèles de message"},
    {"Some message templates of {name} could not come along to the new WhatsApp Business Account. They can be used again once this is done:",
     "Certains modèles de message de {name} n’ont pas pu être copiés dans le nouveau compte WhatsApp Business. Ils pourront de nouveau être utilisés une fois ceci fait :"},
    /* ---- remedies of the rules ---- */
    {"Meta answered with a value that it has not documented. Look at the setting in WhatsApp "
     "Manager or Meta Business Suite; if it is in order, write the day you looked under `attest` "
     "in the manifest.",
     "Meta a répondu par une valeur qui n’est pas documentée. Vérifiez le réglage dans le "
     "Gestionnaire WhatsApp ou dans Meta Business Suite ; s’il est en ordre, inscrivez la date "
     "de cette vérification sous `attest` dans le manifeste."},
    {"Nothing to do now: it is read as soon as the new account, and the number in it, are there.",
     "Rien à faire pour le moment : ce point sera lu dès que le nouveau compte, et le numéro "
     "dans ce compte, existeront."},
    {"The manifest alone does not tell. Check without `--offline`, or ask the customer and write "
     "the day of the answer under `attest` in the manifest.",
     "Le manifeste seul ne permet pas de le savoir. Relancez le contrôle sans `--offline`, ou "
     "interrogez le client et inscrivez la date de sa réponse sous `attest` dans le manifeste."},
    {"The old account did not show this: there is no token for it, or Meta refused the token. "
     "Give the customer's `source_token` in the manifest (the customer or the old partner can "
     "grant one), or ask the customer and write the day of the answer under `attest`.",
     "L’ancien compte n’a pas donné cette information : il n’y a pas de token pour le lire, ou "
     "Meta a refusé le token. Indiquez le `source_token` du client dans le manifeste (le client "
     "ou l’ancien partenaire peut en accorder un), ou interrogez le client et inscrivez la date "
     "de sa réponse sous `attest`."},
    {"The old account can be read, but this number is not in it. Correct the number or "
     "`source_waba_id` in the manifest, or ask the customer and write the day of the answer under "
     "`attest`.",
     "L’ancien compte est lisible, mais ce numéro n’y figure pas. Corrigez le numéro ou "
     "`source_waba_id` dans le manifeste, ou interrogez le client et inscrivez la date de sa "
     "réponse sous `attest`."},
    {"The new account did not show this. Have the customer share it with the partner's portfolio, "
     "or give a `token` that can read it in the manifest; or look in WhatsApp Manager and write "
     "the day under `attest`.",
     "Le nouveau compte n’a pas donné cette information. Demandez au client de le partager avec "
     "le portefeuille business du partenaire, ou indiquez dans le manifeste un `token` qui peut "
     "le lire ; vous pouvez aussi vérifier dans le Gestionnaire WhatsApp et inscrire la date "
     "sous `attest`."},
    {"Meta shows this field to some apps only, and not to the one whose token was used. Give a "
     "`source_token` (old account) or `token` (new account) of an app that may read it, or ask "
     "the customer and write the day of the answer under `attest` in the manifest.",
     "Meta ne montre ce champ qu’à certaines applications, et pas à celle dont le token a été "
     "utilisé. Indiquez le `source_token` (ancien compte) ou le `token` (nouveau compte) d’une "
     "application autorisée à le lire, ou interrogez le client et inscrivez la date de sa "
     "réponse sous `attest` dans le manifeste."},
    {"Meta's answer came without this field. Give a `source_token` (old account) or `token` (new "
     "account) with more access, or look in WhatsApp Manager and write the day under `attest` in "
     "the manifest.",
     "Ce champ manque dans la réponse de Meta. Indiquez un `source_token` (ancien compte) ou un "
     "`token` (nouveau compte) doté d’un accès plus large, ou vérifiez dans le Gestionnaire "
     "WhatsApp et inscrivez la date sous `attest` dans le manifeste."},
    {"The confirmation is more than 30 days old. Ask again and write the new day under `attest` "
     "in the manifest.",
     "La confirmation date de plus de 30 jours. Redemandez-la et inscrivez la nouvelle date sous "
     "`attest` dans le manifeste."},
    {"The day of the confirmation is still to come, or is no day. Correct it under `attest` in "
     "the manifest.",
     "La date de la confirmation est dans le futur, ou n’est pas une date. Corrigez-la sous "
     "`attest` dans le manifeste."},
    {"Nothing to do: it does not hold this number up, which is registered on the new account "
     "already.",
     "Rien à faire : ce point ne retient pas ce numéro, qui est déjà enregistré sur le nouveau "
     "compte."},
    {"The business is not verified by Meta. Start the verification in Meta Business Suite → "
     "Settings → Security Centre → Start verification, and send the documents it asks for.",
     "Meta n’a pas vérifié l’entreprise. Démarrez la vérification dans Meta Business Suite → "
     "Paramètres → Centre de sécurité → Démarrer la vérification, et envoyez les documents "
     "demandés."},
    {"Meta is examining the business verification. Wait for Meta's answer; nothing else is needed.",
     "Meta examine la vérification de l’entreprise. Attendez la réponse de Meta ; rien d’autre "
     "n’est nécessaire."},
    {"Meta wants more information before it verifies the business. Open Meta Business Suite → "
     "Settings → Security Centre and send what it asks for.",
     "Meta demande des informations supplémentaires avant de vérifier l’entreprise. Ouvrez Meta "
     "Business Suite → Paramètres → Centre de sécurité et envoyez les éléments demandés."},
    {"The business verification was begun and not sent. Finish it in Meta Business Suite → "
     "Settings → Security Centre → Continue.",
     "La vérification de l’entreprise a été commencée, mais pas envoyée. Terminez-la dans Meta "
     "Business Suite → Paramètres → Centre de sécurité → Continuer."},
    {"Meta rejected the business verification. Read the reason in Meta Business Suite → Settings "
     "→ Security Centre, mend it, and request a new review.",
     "Meta a rejeté la vérification de l’entreprise. Lisez le motif dans Meta Business Suite → "
     "Paramètres → Centre de sécurité, apportez les corrections nécessaires et demandez un "
     "nouvel examen."},
    {"The business verification failed. Read the reason in Meta Business Suite → Settings → "
     "Security Centre, correct the details or documents of the business, and start it again.",
     "La vérification de l’entreprise a échoué. Lisez le motif dans Meta Business Suite → "
     "Paramètres → Centre de sécurité, corrigez les informations ou les documents de "
     "l’entreprise et recommencez la vérification."},
    {"The business verification has expired. Renew it in Meta Business Suite → Settings → "
     "Security Centre.",
     "La vérification de l’entreprise a expiré. Renouvelez-la dans Meta Business Suite → "
     "Paramètres → Centre de sécurité."},
    {"Meta took the business verification back. Read why in Meta Business Suite → Settings → "
     "Security Centre and appeal, or verify the business anew.",
     "Meta a retiré la vérification de l’entreprise. Lisez le motif dans Meta Business Suite → "
     "Paramètres → Centre de sécurité et faites appel, ou faites vérifier l’entreprise à nouveau."},
    {"Meta says that the business may not be verified at present. Open Meta Business Suite → "
     "Settings → Security Centre for the reason, and write to Meta Business Support if it is "
     "wrong.",
     "Selon Meta, l’entreprise ne peut pas être vérifiée actuellement. Consultez le motif dans "
     "Meta Business Suite → Paramètres → Centre de sécurité et, s’il vous paraît erroné, écrivez "
     "à l’assistance Meta pour les entreprises."},
    {"Meta is reviewing the old WhatsApp Business Account. Wait for Meta's answer; nothing else "
     "is needed.",
     "Meta examine l’ancien compte WhatsApp Business. Attendez la réponse de Meta ; rien d’autre "
     "n’est nécessaire."},
    {"Meta has put off its review of the old WhatsApp Business Account. Wait for Meta's answer; "
     "nothing else is needed.",
     "Meta a reporté son examen de l’ancien compte WhatsApp Business. Attendez la réponse de "
     "Meta ; rien d’autre n’est nécessaire."},
    {"Meta rejected the old WhatsApp Business Account in its review. Open Meta's Business Support "
     "Home, read the reason, and request another review.",
     "Meta a rejeté l’ancien compte WhatsApp Business lors de son examen. Ouvrez l’assistance "
     "Meta pour les entreprises (Business Support Home), lisez le motif et demandez un nouvel "
     "examen."},
    {"Meta has restricted the old WhatsApp Business Account. Open Meta's Business Support Home, "
     "read the reason, and mend it or request a review.",
     "Meta a restreint l’ancien compte WhatsApp Business. Ouvrez l’assistance Meta pour les "
     "entreprises (Business Support Home), lisez le motif, puis corrigez la situation ou "
     "demandez un examen."},
    {"The old WhatsApp Business Account has reached one of Meta's limits. Open Meta's Business "
     "Support Home to see which one, and ask there to have it raised.",
     "L’ancien compte WhatsApp Business a atteint l’une des limites fixées par Meta. Ouvrez "
     "l’assistance Meta pour les entreprises (Business Support Home) pour savoir laquelle, et "
     "demandez-y son relèvement."},
    {"Meta is reviewing the new WhatsApp Business Account. Wait for Meta's answer; nothing else "
     "is needed.",
     "Meta examine le nouveau compte WhatsApp Business. Attendez la réponse de Meta ; rien "
     "d’autre n’est nécessaire."},
    {"Meta has put off its review of the new WhatsApp Business Account. Wait for Meta's answer; "
     "nothing else is needed.",
     "Meta a reporté son examen du nouveau compte WhatsApp Business. Attendez la réponse de "
     "Meta ; rien d’autre n’est nécessaire."},
    {"Meta rejected the new WhatsApp Business Account in its review. Open Meta's Business Support "
     "Home, read the reason, and request another review.",
     "Meta a rejeté le nouveau compte WhatsApp Business lors de son examen. Ouvrez l’assistance "
     "Meta pour les entreprises (Business Support Home), lisez le motif et demandez un nouvel "
     "examen."},
    {"Meta has restricted the new WhatsApp Business Account. Open Meta's Business Support Home, "
     "read the reason, and mend it or request a review.",
     "Meta a restreint le nouveau compte WhatsApp Business. Ouvrez l’assistance Meta pour les "
     "entreprises (Business Support Home), lisez le motif, puis corrigez la situation ou "
     "demandez un examen."},
    {"The new WhatsApp Business Account has reached one of Meta's limits. Open Meta's Business "
     "Support Home to see which one, and ask there to have it raised.",
     "Le nouveau compte WhatsApp Business a atteint l’une des limites fixées par Meta. Ouvrez "
     "l’assistance Meta pour les entreprises (Business Support Home) pour savoir laquelle, et "
     "demandez-y son relèvement."},
    {"Nothing to do: the run shares the partner's credit line with the new account before the "
     "number moves.",
     "Rien à faire : le programme partage la ligne de crédit du partenaire avec le nouveau "
     "compte avant la migration du numéro."},
    {"Nothing to do now: the run will share the partner's credit line with the new account.",
     "Rien à faire pour le moment : le programme partagera la ligne de crédit du partenaire avec "
     "le nouveau compte."},
    {"The new WhatsApp Business Account has no payment method. Add one in Meta Business Suite → "
     "Billing & payments → WhatsApp Business accounts → the new account → Add payment method.",
     "Le nouveau compte WhatsApp Business n’a pas de moyen de paiement. Ajoutez-en un dans Meta "
     "Business Suite → Facturation et paiements → Comptes WhatsApp Business → le nouveau compte "
     "→ Ajouter un moyen de paiement."},
    {"Turn two-step verification off in WhatsApp Manager → Phone numbers → the number → Two-step "
     "verification → Turn off, then confirm with the link in the e-mail that Meta sends. Only "
     "somebody who manages the old account can do it, and no program can.",
     "Désactivez la vérification en deux étapes dans le Gestionnaire WhatsApp → Numéros de "
     "téléphone → le numéro → Vérification en deux étapes → Désactiver, puis confirmez à l’aide "
     "du lien reçu dans l’e-mail de Meta. Seule une personne qui gère l’ancien compte peut le "
     "faire ; aucun programme ne le peut."},
    {"The display name is in use without Meta's review, and a move needs an approved one. Submit "
     "it for review in WhatsApp Manager → Phone numbers → the number → Profile → Display name → "
     "Edit, and wait until it shows as approved.",
     "Le nom d’affichage est utilisé sans avoir été examiné par Meta, alors que la migration "
     "exige un nom approuvé. Soumettez-le pour examen dans le Gestionnaire WhatsApp → Numéros de "
     "téléphone → le numéro → Profil → Nom d’affichage → Modifier, et attendez qu’il soit "
     "indiqué comme approuvé."},
    {"Meta declined the display name. Choose one that follows Meta's display name guidelines in "
     "WhatsApp Manager → Phone numbers → the number → Profile → Display name → Edit, or appeal "
     "there, and wait until it is approved.",
     "Meta a refusé le nom d’affichage. Choisissez-en un qui respecte les règles de Meta sur les "
     "noms d’affichage dans le Gestionnaire WhatsApp → Numéros de téléphone → le numéro → Profil "
     "→ Nom d’affichage → Modifier, ou faites-y appel, et attendez qu’il soit approuvé."},
    {"The display name's approval has expired. Submit the name again in WhatsApp Manager → Phone "
     "numbers → the number → Profile → Display name → Edit, and wait until it is approved.",
     "L’approbation du nom d’affichage a expiré. Soumettez de nouveau le nom dans le "
     "Gestionnaire WhatsApp → Numéros de téléphone → le numéro → Profil → Nom d’affichage → "
     "Modifier, et attendez qu’il soit approuvé."},
    {"Meta is reviewing the display name. Do not change it meanwhile. Wait for Meta's answer; "
     "nothing else is needed.",
     "Meta examine le nom d’affichage. Ne le modifiez pas entre-temps. Attendez la réponse de "
     "Meta ; rien d’autre n’est nécessaire."},
    {"The number has no display name that Meta has seen. Give it one in WhatsApp Manager → Phone "
     "numbers → the number → Profile → Display name, and wait until it is approved.",
     "Le numéro n’a pas de nom d’affichage connu de Meta. Donnez-lui-en un dans le Gestionnaire "
     "WhatsApp → Numéros de téléphone → le numéro → Profil → Nom d’affichage, et attendez qu’il "
     "soit approuvé."},
    {"Meta is reviewing a new display name, and a number whose display name is being changed "
     "cannot move. Wait for Meta's answer; nothing else is needed.",
     "Meta examine un nouveau nom d’affichage, et un numéro dont le nom d’affichage est en cours "
     "de changement ne peut pas être migré. Attendez la réponse de Meta ; rien d’autre n’est "
     "nécessaire."},
    {"Meta has approved a new display name that the number does not bear yet, and a number whose "
     "display name is being changed cannot move. Whoever runs the old account registers the "
     "number there again, within 14 days of the approval, to take the name over, or lets the "
     "change lapse.",
     "Meta a approuvé un nouveau nom d’affichage que le numéro ne porte pas encore, et un numéro "
     "dont le nom d’affichage est en cours de changement ne peut pas être migré. Le gestionnaire "
     "de l’ancien compte doit y enregistrer de nouveau le numéro dans les 14 jours suivant "
     "l’approbation pour que le nom soit repris, ou laisser le changement expirer."},
    {"Meta declined a new display name, and the request is still open. Withdraw it in WhatsApp "
     "Manager → Phone numbers → the number → Profile → Display name, or request another name and "
     "wait until it is in use.",
     "Meta a refusé un nouveau nom d’affichage, et la demande est toujours ouverte. Retirez-la "
     "dans le Gestionnaire WhatsApp → Numéros de téléphone → le numéro → Profil → Nom "
     "d’affichage, ou demandez un autre nom et attendez qu’il soit utilisé."},
    {"A new display name was approved, not taken over in time, and has expired. Withdraw the "
     "request in WhatsApp Manager → Phone numbers → the number → Profile → Display name, or "
     "request the name again and wait until it is in use.",
     "Un nouveau nom d’affichage a été approuvé, mais n’a pas été repris à temps et a expiré. "
     "Retirez la demande dans le Gestionnaire WhatsApp → Numéros de téléphone → le numéro → "
     "Profil → Nom d’affichage, ou redemandez ce nom et attendez qu’il soit utilisé."},
    {"A new display name was requested and not submitted for Meta's review. Submit it in WhatsApp "
     "Manager → Phone numbers → the number → Profile → Display name and wait until it is in use, "
     "or withdraw the request.",
     "Un nouveau nom d’affichage a été demandé, mais pas soumis à l’examen de Meta. Soumettez-le "
     "dans le Gestionnaire WhatsApp → Numéros de téléphone → le numéro → Profil → Nom "
     "d’affichage et attendez qu’il soit utilisé, ou retirez la demande."},
    {"A new display name has been requested, and a number whose display name is being changed "
     "cannot move. Withdraw the request in WhatsApp Manager → Phone numbers → the number → "
     "Profile → Display name, or wait until the new name is in use.",
     "Un nouveau nom d’affichage a été demandé, et un numéro dont le nom d’affichage est en "
     "cours de changement ne peut pas être migré. Retirez la demande dans le Gestionnaire "
     "WhatsApp → Numéros de téléphone → le numéro → Profil → Nom d’affichage, ou attendez que le "
     "nouveau nom soit utilisé."},
    {"WhatsApp issued this number for testing, and test numbers cannot move. Take it out of the "
     "manifest, or `wabamigrate cancel` it; the customer uses a number of its own instead.",
     "WhatsApp a émis ce numéro à des fins de test, et les numéros de test ne peuvent pas être "
     "migrés. Retirez-le du manifeste, ou annulez-le avec `wabamigrate cancel` ; le client "
     "utilisera un numéro qui lui appartient."},
    {"This number is in use with the WhatsApp Business app, and such a number cannot move. In the "
     "app, disconnect it under Settings → Account → Business Platform; where the app does not "
     "show that, save the chats and delete the account under Settings → Account.",
     "Ce numéro est utilisé dans l’application WhatsApp Business, et un tel numéro ne peut pas "
     "être migré. Dans l’application, déconnectez-le sous Paramètres → Compte → Plateforme "
     "Business ; si l’application ne propose pas cette option, sauvegardez les discussions et "
     "supprimez le compte sous Paramètres → Compte."},
    {"This number runs on the On-Premises API: its message history and its media stay behind. "
     "Save what is needed before the move; afterwards the number works with the Cloud API only.",
     "Ce numéro utilise l’API On-Premises : son historique de messages et ses fichiers "
     "multimédias ne suivront pas. Sauvegardez ce dont vous avez besoin avant la migration ; "
     "ensuite, le numéro fonctionnera uniquement avec l’API Cloud."},
    {"The number is not registered on any platform at the old account. Ask the customer whether "
     "it is in use at all, and whether it is the right number and the right `source_waba_id`.",
     "Le numéro n’est enregistré sur aucune plateforme dans l’ancien compte. Demandez au client "
     "s’il est réellement utilisé, et si le numéro et `source_waba_id` sont les bons."},
    {"The new WhatsApp Business Account belongs to another business portfolio than the old one, "
     "and numbers move only inside one portfolio. Go through Embedded Signup again and choose the "
     "portfolio that owns the old account.",
     "Le nouveau compte WhatsApp Business n’appartient pas au même portefeuille business que "
     "l’ancien, et les numéros ne peuvent être migrés qu’au sein d’un même portefeuille. "
     "Recommencez l’inscription intégrée et choisissez le portefeuille auquel appartient "
     "l’ancien compte."},
    {"The `business_id` in the manifest is not the portfolio that owns the old account. Correct "
     "it, or `source_waba_id` if that is the wrong account.",
     "Le `business_id` du manifeste n’est pas celui du portefeuille auquel appartient l’ancien "
     "compte. Corrigez-le, ou corrigez `source_waba_id` s’il ne s’agit pas du bon compte."},
    {"Nothing to do: the run subscribes the partner's app to the new account's webhooks before "
     "the number moves.",
     "Rien à faire : le programme abonne l’application du partenaire aux webhooks du nouveau "
     "compte avant la migration du numéro."},
    {"Nothing to do now: the run looks whether the partner's app is subscribed to the new "
     "account's webhooks, and subscribes it where it is not.",
     "Rien à faire pour le moment : le programme vérifie si l’application du partenaire est "
     "abonnée aux webhooks du nouveau compte, et l’y abonne si elle ne l’est pas."},
    {"The number has left the old account, but is not in use on this customer's new one. Ask the "
     "customer or the old partner where it is, then correct the manifest or take the number out.",
     "Le numéro a quitté l’ancien compte, mais n’est pas utilisé sur le nouveau compte de ce "
     "client. Demandez au client ou à l’ancien partenaire où il se trouve, puis corrigez le "
     "manifeste ou retirez-en le numéro."},
    {"The number was deleted from the old account and cannot move from there any more. If it is "
     "still wanted, it has to be added to the new account as a new number.",
     "Le numéro a été supprimé de l’ancien compte et ne peut plus en être migré. Si vous "
     "souhaitez le conserver, il doit être ajouté au nouveau compte comme nouveau numéro."},
    {"WhatsApp has banned this number, and a banned number cannot move. Open Meta's Business "
     "Support Home, read the reason, and request a review.",
     "WhatsApp a banni ce numéro, et un numéro banni ne peut pas être migré. Ouvrez l’assistance "
     "Meta pour les entreprises (Business Support Home), lisez le motif et demandez un examen."},
    {"The number is not registered at the old account yet, and only a registered number moves. "
     "Whoever runs the old account registers it before the move.",
     "Le numéro n’est pas encore enregistré sur l’ancien compte, et seul un numéro enregistré "
     "peut être migré. Le gestionnaire de l’ancien compte doit l’enregistrer avant la migration."},
    {"The number is disconnected at the old account. Whoever runs the old account connects it "
     "again before the move.",
     "Le numéro est déconnecté de l’ancien compte. Le gestionnaire de l’ancien compte doit le "
     "reconnecter avant la migration."},
    {"The number is not verified at the old account. Whoever runs the old account verifies and "
     "registers it before the move.",
     "Le numéro n’est pas vérifié sur l’ancien compte. Le gestionnaire de l’ancien compte doit "
     "le vérifier et l’enregistrer avant la migration."},
    {"Meta does not know how the number stands at the old account. Whoever runs the old account "
     "makes sure before the move that it sends and receives.",
     "Meta ne connaît pas l’état du numéro sur l’ancien compte. Le gestionnaire de l’ancien "
     "compte doit s’assurer avant la migration que le numéro envoie et reçoit des messages."},
    {"The number is linked to the old account, but not connected. Whoever runs the old account "
     "connects it again before the move.",
     "Le numéro est lié à l’ancien compte, mais n’y est pas connecté. Le gestionnaire de "
     "l’ancien compte doit le reconnecter avant la migration."},
    {"The number is not linked to the old account any more. Whoever runs the old account connects "
     "it again before the move.",
     "Le numéro n’est plus lié à l’ancien compte. Le gestionnaire de l’ancien compte doit le "
     "reconnecter avant la migration."},
    {"Meta has flagged the number because people block or report its messages. It takes its "
     "quality rating along; send fewer unwanted messages until the flag is gone.",
     "Meta a signalé ce numéro, car des personnes bloquent ou signalent ses messages. Son indice "
     "de qualité le suivra ; envoyez moins de messages non souhaités jusqu’à ce que le "
     "signalement soit levé."},
    {"Meta limits how many messages the number may send. The limit goes along with the number; "
     "send fewer messages until it is lifted.",
     "Meta limite le nombre de messages que le numéro peut envoyer. La limite suivra le numéro ; "
     "envoyez moins de messages jusqu’à ce qu’elle soit levée."},
    {"Meta has restricted the number, and the restriction may keep it from moving. Open Meta's "
     "Business Support Home, read the reason, and request a review.",
     "Meta a restreint ce numéro, et cette restriction peut empêcher sa migration. Ouvrez "
     "l’assistance Meta pour les entreprises (Business Support Home), lisez le motif et demandez "
     "un examen."},
    {"Nothing to do: the number is registered on the new account already.",
     "Rien à faire : le numéro est déjà enregistré sur le nouveau compte."},
    {"Most of the 10 registrations that Meta allows a number in 72 hours are spent, and the last "
     "two are kept for a person. Find out why the others failed before spending them with "
     "`wabamigrate run --spend-last-registrations`; without it the number goes on by itself when "
     "fewer than 8 are spent.",
     "La plupart des 10 enregistrements que Meta autorise par numéro en 72 heures sont épuisés, "
     "et les deux derniers sont réservés à une décision humaine. Cherchez pourquoi les autres "
     "ont échoué avant de les utiliser avec `wabamigrate run --spend-last-registrations` ; sans "
     "cela, la migration du numéro reprendra d’elle-même dès que moins de 8 seront épuisés."},
    {"All of the 10 registrations that Meta allows a number in 72 hours are spent. Nothing to do "
     "but wait: another attempt would only make it longer, and the number goes on by itself.",
     "Les 10 enregistrements que Meta autorise par numéro en 72 heures sont tous épuisés. Il n’y "
     "a rien à faire qu’attendre : une nouvelle tentative ne ferait que prolonger l’attente, et "
     "la migration du numéro reprendra d’elle-même."},
    {"Meta takes no more registrations of this number for 72 hours (133016). Nothing to do but wait: another attempt would only make it longer, and the number goes on by itself.",
     "Meta n’accepte plus d’enregistrement de ce numéro pendant 72 heures (133016). Il n’y a rien à faire qu’attendre : une nouvelle tentative ne ferait que prolonger l’attente, et la migration du numéro reprendra d’elle-même."},
    {"The new account has no room for all the message templates that Meta copies by itself "
     "(approved and of high quality): it stops at the limit. Before the move, delete templates "
     "that nobody uses in WhatsApp Manager → Message templates.",
     "Le nouveau compte n’a pas assez de place pour tous les modèles de message que Meta copie "
     "automatiquement (approuvés et de haute qualité) : la copie s’arrêtera à la limite. Avant "
     "la migration, supprimez les modèles inutilisés dans le Gestionnaire WhatsApp → Modèles de "
     "message."},
    {"The new account has room for the message templates that Meta copies by itself, but not for "
     "all those of unknown quality, which are copied afterwards. Before the move, delete "
     "templates that nobody uses in WhatsApp Manager → Message templates.",
     "Le nouveau compte a assez de place pour les modèles de message que Meta copie "
     "automatiquement, mais pas pour tous ceux dont la qualité est inconnue, qui sont copiés "
     "ensuite. Avant la migration, supprimez les modèles inutilisés dans le Gestionnaire "
     "WhatsApp → Modèles de message."},
    {"Nothing to do: the templates of the two accounts were not counted.",
     "Rien à faire : les modèles des deux comptes n’ont pas été comptés."},
    {"A partner billed in India must have every WhatsApp Business Account in INR by 31 December "
     "2026: from 1 January 2027 Meta does not deliver the messages of the others. See that all "
     "accounts on the credit line are in INR by then.",
     "Un partenaire facturé en Inde doit avoir tous ses comptes WhatsApp Business en INR d’ici "
     "au 31 décembre 2026 : à partir du 1er janvier 2027, Meta ne distribuera plus les messages "
     "des autres comptes. Veillez à ce que tous les comptes rattachés à la ligne de crédit "
     "soient en INR à cette date."},
    {"A partner billed in Brazil must have every WhatsApp Business Account in BRL by 30 June "
     "2027. See that all accounts on the credit line are in BRL by then.",
     "Un partenaire facturé au Brésil doit avoir tous ses comptes WhatsApp Business en BRL d’ici "
     "au 30 juin 2027. Veillez à ce que tous les comptes rattachés à la ligne de crédit soient "
     "en BRL à cette date."},
    {"The new account has a payment method in another currency than the manifest's "
     "`waba_currency`, and that freezes its currency. Correct `waba_currency`, or have the "
     "customer make another new account.",
     "Le moyen de paiement du nouveau compte est dans une autre devise que `waba_currency` dans "
     "le manifeste, ce qui fige la devise du compte. Corrigez `waba_currency`, ou demandez au "
     "client de créer un autre compte."},
    {"Nothing to do now: no currency is wished for, and the new account's is not known.",
     "Rien à faire pour le moment : aucune devise n’est demandée, et celle du nouveau compte "
     "n’est pas connue."},
    {"Go through Embedded Signup with the link from the partner: choose the business portfolio that owns the present account, let one new WhatsApp Business Account be created, and enter the number. It stays in service meanwhile.",
     "Effectuez l’inscription intégrée avec le lien transmis par le partenaire : choisissez le portefeuille business auquel appartient le compte actuel, faites créer un seul nouveau compte WhatsApp Business, puis saisissez le numéro. Il reste en service entre-temps."},
    {"The signup gave a new account but not this number. Go through Embedded Signup once more, "
     "choose the account made the first time, and enter this number on the phone number screen.",
     "L’inscription a créé un nouveau compte, mais sans ce numéro. Effectuez de nouveau "
     "l’inscription intégrée, choisissez le compte créé la première fois et saisissez ce numéro "
     "sur l’écran du numéro de téléphone."},
    {"The signup ended before the number was verified. Go through the signup again and enter the "
     "code that WhatsApp sends to the number, or finish the verification in WhatsApp Manager → "
     "Phone numbers.",
     "L’inscription s’est terminée avant la vérification du numéro. Effectuez de nouveau "
     "l’inscription et saisissez le code que WhatsApp envoie à ce numéro, ou terminez la "
     "vérification dans le Gestionnaire WhatsApp → Numéros de téléphone."},
    {"The number's verification has expired before it was registered. Go through the signup again "
     "and enter the code that WhatsApp sends to the number, or finish the verification in "
     "WhatsApp Manager → Phone numbers.",
     "La vérification du numéro a expiré avant son enregistrement. Effectuez de nouveau "
     "l’inscription et saisissez le code que WhatsApp envoie à ce numéro, ou terminez la "
     "vérification dans le Gestionnaire WhatsApp → Numéros de téléphone."},

    /* ---- message templates: why, and what to do ---- */
    {"It was copied", "Il a été copié"},
    {"The new account had it already", "Le nouveau compte l’avait déjà"},
    {"It is on its way", "Il est en cours de copie"},
    {"Meta has put the copy into another category",
     "Meta a placé la copie dans une autre catégorie"},
    {"It can be used, and nothing has to be created again. Its messages are charged by the new category; where that is wrong, ask for a review in WhatsApp Manager.",
     "Il peut être utilisé, rien n’est à recréer. Ses messages sont facturés selon la nouvelle catégorie ; si elle ne convient pas, demandez un examen dans le Gestionnaire WhatsApp."},
    {"It has not been copied", "Il n’a pas été copié"},
    {"Copy it with `wabamigrate templates migrate`.",
     "Copiez-le avec `wabamigrate templates migrate`."},
    {"The new account has no room for more message templates",
     "Le nouveau compte n’a plus de place pour d’autres modèles de message"},
    {"Have message templates deleted that the new account does not need, or have the business verified (250 become 6,000), then copy again with `wabamigrate templates migrate`.",
     "Faites supprimer les modèles de message dont le nouveau compte n’a pas besoin, ou faites vérifier l’entreprise (250 deviennent 6 000), puis copiez de nouveau avec `wabamigrate templates migrate`."},
    {"Meta did not copy it", "Meta ne l’a pas copié"},
    {"Create it again on the new account, mending what Meta says of it, and submit it.",
     "Recréez-le dans le nouveau compte en corrigeant ce que Meta indique, puis soumettez-le."},
    {"It did not come over", "Il n’est pas arrivé"},
    {"Create it again on the new account and submit it.",
     "Recréez-le dans le nouveau compte et soumettez-le."},
    {"Meta has rejected the copy because of its category",
     "Meta a rejeté la copie à cause de sa catégorie"},
    {"Create it again on the new account, in the category that fits its text, and submit it, or appeal in WhatsApp Manager.",
     "Recréez-le dans le nouveau compte, dans la catégorie qui convient à son texte, et soumettez-le, ou faites appel dans le Gestionnaire WhatsApp."},
    {"Meta has rejected the copy", "Meta a rejeté la copie"},
    {"Change the copy on the new account so that it keeps to the rules of its category and submit it again, or appeal in WhatsApp Manager.",
     "Modifiez la copie dans le nouveau compte pour qu’elle respecte les règles de sa catégorie et soumettez-la de nouveau, ou faites appel dans le Gestionnaire WhatsApp."},
    {"Meta has disabled the copy", "Meta a désactivé la copie"},
    {"Create another message template in its place and submit it: a disabled one does not come back.",
     "Créez un autre modèle de message à sa place et soumettez-le : un modèle désactivé ne revient pas."},
    {"Meta has paused the copy because of its quality",
     "Meta a suspendu la copie à cause de sa qualité"},
    {"Meta ends the pause by itself. Change its text if its recipients keep reporting it.",
     "Meta met fin à la suspension de lui-même. Modifiez son texte si ses destinataires continuent à le signaler."},
    {"The copy has been archived because nobody used it",
     "La copie a été archivée parce que personne ne l’utilisait"},
    {"If it is still needed, take it out of the archive in WhatsApp Manager: Meta deletes it 28 days after it was archived.",
     "S’il est encore utile, sortez-le de l’archive dans le Gestionnaire WhatsApp : Meta le supprime 28 jours après son archivage."},
    {"It is no longer on the old account, and was not copied",
     "Il n’est plus dans l’ancien compte et n’a pas été copié"},
    {"The copy is no longer on the new account", "La copie n’est plus dans le nouveau compte"},
    {"If it is still needed and nobody deleted it on purpose, create it again on the new account and submit it.",
     "S’il est encore utile et que personne ne l’a supprimé volontairement, recréez-le dans le nouveau compte et soumettez-le."},
    {"Its quality is too low to be copied", "Sa qualité est trop basse pour qu’il soit copié"},
    {"Meta has not decided on it yet", "Meta ne s’est pas encore prononcé à son sujet"},
    {"Wait for Meta's decision on the old account: once it is approved the partner can copy it. Else create it on the new account and submit it.",
     "Attendez la décision de Meta dans l’ancien compte : une fois approuvé, le partenaire peut le copier. Sinon, créez-le dans le nouveau compte et soumettez-le."},
    {"Meta has not decided on its appeal yet", "Meta ne s’est pas encore prononcé sur son appel"},
    {"It is paused, and only what is approved is copied",
     "Il est suspendu, et seul ce qui est approuvé est copié"},
    {"Meta had rejected it on the old account", "Meta l’avait rejeté dans l’ancien compte"},
    {"If it is still wanted, create it on the new account with the text changed and submit it.",
     "S’il est encore souhaité, créez-le dans le nouveau compte avec un texte modifié et soumettez-le."},
    {"Meta had disabled it on the old account", "Meta l’avait désactivé dans l’ancien compte"},
    {"If it is still wanted, create another message template in its place on the new account and submit it.",
     "S’il est encore souhaité, créez un autre modèle de message à sa place dans le nouveau compte et soumettez-le."},
    {"It is archived on the old account", "Il est archivé dans l’ancien compte"},
    {"If it is still needed, take it out of the archive on the old account and tell the partner, who can copy it then.",
     "S’il est encore utile, sortez-le de l’archive dans l’ancien compte et prévenez le partenaire, qui pourra alors le copier."},
    {"It had been deleted on the old account", "Il avait été supprimé dans l’ancien compte"},
    {"It was being deleted on the old account",
     "Il était en cours de suppression dans l’ancien compte"},
    {"Its status does not allow copying it", "Son statut ne permet pas de le copier"},
    {"What came of it is not known", "On ne sait pas ce qu’il est devenu"},
    {"Compare both accounts in WhatsApp Manager.",
     "Comparez les deux comptes dans le Gestionnaire WhatsApp."},
    /* ---- what came along, and when ---- */
    {"Nothing to do: it stands better than before the move.",
     "Rien à faire : la situation est meilleure qu’avant la migration."},
    {"The old account could not be read before the move, so nothing tells how this was there.",
     "L’ancien compte n’a pas pu être lu avant la migration : rien ne dit ce qu’il en était."},
    {"Meta did not show this of the old account, so nothing tells how it was before the move.",
     "Meta n’a pas montré ce champ pour l’ancien compte : rien ne dit ce qu’il en était avant "
     "la migration."},
    {"Meta did not show this of the new account: look at it in WhatsApp Manager → Phone "
     "numbers.",
     "Meta n’a pas montré ce champ pour le nouveau compte : vérifiez-le dans le Gestionnaire "
     "WhatsApp → Numéros de téléphone."},
    {"Nothing to do: registering a number sets its PIN, and two-step verification is on from "
     "then on. `wabamigrate pins export` hands the PIN over.",
     "Rien à faire : l’enregistrement d’un numéro définit son code PIN, et la vérification en "
     "deux étapes est dès lors activée. `wabamigrate pins export` remet le code PIN."},
    {"Two-step verification is off, although registering the number has set a PIN. Set one in "
     "WhatsApp Manager → Phone numbers → the number → Two-step verification.",
     "La vérification en deux étapes est désactivée, alors que l’enregistrement du numéro a "
     "défini un code PIN. Définissez-en un dans le Gestionnaire WhatsApp → Numéros de "
     "téléphone → le numéro → Vérification en deux étapes."},
    {"Nothing to do: the webhooks of the new account go where the new partner and the manifest "
     "send them.",
     "Rien à faire : les webhooks du nouveau compte vont là où le nouveau partenaire et le "
     "manifeste les envoient."},
    {"The new account does not send the messages to the callback that the manifest names, "
     "although the run has set it. Find out who has changed it, and set it again with Meta's "
     "`subscribed_apps` call.",
     "Le nouveau compte n’envoie pas les messages à l’URL de rappel indiquée dans le "
     "manifeste, alors que le programme l’a définie. Cherchez qui l’a modifiée et "
     "définissez-la de nouveau à l’aide de l’appel `subscribed_apps` de Meta."},
    {"The old account sent the messages to a callback of their own, and the new one does not. "
     "Where it is still wanted, write it under `webhook` in the manifest.",
     "L’ancien compte envoyait les messages à une URL de rappel qui leur était propre, et le "
     "nouveau ne le fait pas. Si elle reste nécessaire, inscrivez-la sous `webhook` dans le "
     "manifeste."},
    {"Nothing to do: the number's data is stored where the manifest says.",
     "Rien à faire : les données du numéro sont stockées là où le manifeste l’indique."},
    {"The number's data is not stored where the manifest says. The setting can only be changed "
     "while the number is not registered: deregister it, set it, and register it again.",
     "Les données du numéro ne sont pas stockées là où le manifeste l’indique. Ce réglage ne "
     "peut être modifié que lorsque le numéro n’est pas enregistré : annulez l’enregistrement, "
     "définissez le réglage et enregistrez de nouveau le numéro."},
    {"The number's data is not stored as it was on the old account, where a setting of its own "
     "said how. For numbers still to move, write `data_localization_region` in the manifest; "
     "this one has to be deregistered, set, and registered again.",
     "Les données du numéro ne sont pas stockées comme sur l’ancien compte, où un réglage "
     "propre l’indiquait. Pour les numéros encore à migrer, inscrivez "
     "`data_localization_region` dans le manifeste ; pour celui-ci, il faut annuler "
     "l’enregistrement, définir le réglage et l’enregistrer de nouveau."},
    {"The number shows another display name than before the move. If you did not ask Meta for "
     "that, request the old name in WhatsApp Manager → Phone numbers → the number → Profile → "
     "Display name.",
     "Le numéro affiche un autre nom qu’avant la migration. Si vous ne l’avez pas demandé à "
     "Meta, demandez l’ancien nom dans le Gestionnaire WhatsApp → Numéros de téléphone → le "
     "numéro → Profil → Nom d’affichage."},
    {"The display name was approved better on the old account than it is on the new one. Look "
     "at it in WhatsApp Manager → Phone numbers → the number → Profile → Display name, and "
     "request a review.",
     "Le nom d’affichage était mieux approuvé sur l’ancien compte qu’il ne l’est sur le "
     "nouveau. Vérifiez-le dans le Gestionnaire WhatsApp → Numéros de téléphone → le numéro → "
     "Profil → Nom d’affichage, et demandez un examen."},
    {"The quality rating is lower than before the move, and should have come along. It is made "
     "of how people took the messages of the last days: where WhatsApp Manager → Phone numbers "
     "→ the number → Insights does not explain it, ask Meta's support with both values.",
     "L’évaluation de la qualité est plus basse qu’avant la migration, alors qu’elle aurait dû "
     "suivre le numéro. Elle reflète l’accueil des messages des derniers jours : si le "
     "Gestionnaire WhatsApp → Numéros de téléphone → le numéro → Statistiques ne l’explique "
     "pas, interrogez l’assistance de Meta en indiquant les deux valeurs."},
    {"The messaging limit is lower than before the move. It is the business portfolio's, and "
     "both accounts are in one portfolio, so the move cannot have lowered it. Open Meta's "
     "Business Support Home, read the reason, and ask there to have it restored.",
     "La limite de messages est plus basse qu’avant la migration. C’est celle du portefeuille "
     "business, et les deux comptes appartiennent au même portefeuille : la migration ne peut "
     "pas l’avoir abaissée. Ouvrez l’assistance Meta pour les entreprises (Business Support "
     "Home), lisez le motif et demandez-y son rétablissement."},
    {"Nothing to do: the messaging limit is the business portfolio's, and Meta raises it by "
     "itself.",
     "Rien à faire : la limite de messages est celle du portefeuille business, et Meta la "
     "relève d’elle-même."},
    {"The number had the badge of an official business account, and has it no longer. Ask for "
     "it in WhatsApp Manager → Phone numbers → the number → Profile → Official business "
     "account, or have Meta's support restore it.",
     "Le numéro avait le badge de compte professionnel officiel et ne l’a plus. Demandez-le "
     "dans le Gestionnaire WhatsApp → Numéros de téléphone → le numéro → Profil → Compte "
     "professionnel officiel, ou faites-le rétablir par l’assistance de Meta."},
    {"The number's throughput is lower than before the move. Meta raises it by itself where "
     "the number qualifies; where it is needed at once, ask Meta's support.",
     "Le débit du numéro est plus bas qu’avant la migration. Meta le relève d’elle-même si le "
     "numéro remplit les conditions ; s’il est nécessaire immédiatement, adressez-vous à "
     "l’assistance de Meta."},
    {"The number can send less than before the move. Open WhatsApp Manager → Phone numbers → "
     "the number: it says what limits it, and what to do.",
     "Le numéro peut envoyer moins de messages qu’avant la migration. Ouvrez le Gestionnaire "
     "WhatsApp → Numéros de téléphone → le numéro : la page indique ce qui le limite et ce "
     "qu’il faut faire."},
    {"The business profile is not what it was before the move. Enter the old values, which "
     "stand in this report, in WhatsApp Manager → Phone numbers → the number → Profile.",
     "Le profil d’entreprise n’est plus celui d’avant la migration. Saisissez les anciennes "
     "valeurs, indiquées dans ce rapport, dans le Gestionnaire WhatsApp → Numéros de téléphone "
     "→ le numéro → Profil."},
    {"A message delivered before the move is billed to the old partner, and so is one sent "
     "before it and delivered late; one delivered after the move is billed to the business "
     "customer.",
     "Un message distribué avant la migration est facturé à l’ancien partenaire, de même qu’un "
     "message envoyé avant elle et distribué en retard ; un message distribué après la "
     "migration est facturé à l’entreprise cliente."},
    {"A message sent before the move is billed to the source business, even where it is "
     "delivered later.",
     "Un message envoyé avant la migration est facturé à l’entreprise source, même s’il est "
     "distribué plus tard."},
    {"Meta's two pages differ on messages that are in flight during the move: agree with the "
     "old partner on one of them.",
     "Les deux pages de Meta divergent sur les messages en transit pendant la migration : "
     "convenez de l’une d’elles avec l’ancien partenaire."},
    /* ---- remedies of Graph's errors ---- */
    {"The signup's code has expired: go through Embedded Signup once more.",
     "Le code d’inscription a expiré : effectuez l’inscription intégrée une nouvelle fois."},
    {"The signup's code has already been used: go through Embedded Signup once more.",
     "Le code d’inscription a déjà été utilisé : effectuez l’inscription intégrée une nouvelle "
     "fois."},
    {"The number is limited because messages were reported as spam: its quality must recover in "
     "WhatsApp Manager.",
     "Le numéro est limité parce que des messages ont été signalés comme indésirables : sa "
     "qualité doit se rétablir dans le Gestionnaire WhatsApp."},
    {"The number has reached a limit of its classification: it waits.",
     "Le numéro a atteint une limite liée à sa classification : il faut attendre."},
    {"The number cannot be added to the WABA, often because the portfolio has reached its number "
     "limit: verify the business or ask Meta for more numbers; the move can then be tried again.",
     "Le numéro n’a pas pu être ajouté au compte WhatsApp Business, souvent parce que le "
     "portefeuille business a atteint son nombre maximal de numéros : faites vérifier "
     "l’entreprise ou demandez à Meta davantage de numéros ; la migration pourra ensuite être "
     "relancée."},
    {"Meta has restricted the WABA for a policy violation: appeal in Business Support Home; the "
     "move can then be tried again.",
     "Meta a restreint le compte WhatsApp Business pour non-respect de ses règles : faites appel "
     "auprès de l’assistance Meta pour les entreprises (Business Support Home) ; la migration "
     "pourra ensuite être relancée."},
    {"The account is locked, or the two-step PIN does not match: look at the WABA's health "
     "status in WhatsApp Manager, turn two-step verification off; the move can then be tried "
     "again.",
     "Le compte est verrouillé, ou le code PIN de vérification en deux étapes ne correspond "
     "pas : consultez l’état de santé du compte WhatsApp Business dans le Gestionnaire WhatsApp "
     "et désactivez la vérification en deux étapes ; la migration pourra ensuite être relancée."},
    {"The number's display name is not approved: have the name approved in WhatsApp Manager; the "
     "move can then be tried again.",
     "Le nom d’affichage du numéro n’est pas approuvé : faites-le approuver dans le Gestionnaire "
     "WhatsApp ; la migration pourra ensuite être relancée."},
    {"The number still has another two-step PIN: turn two-step verification off in WhatsApp "
     "Manager of the old account (the e-mailed link confirms it); the move can then be tried "
     "again.",
     "Le numéro a encore un autre code PIN de vérification en deux étapes : désactivez la "
     "vérification en deux étapes dans le Gestionnaire WhatsApp de l’ancien compte (le lien reçu "
     "par e-mail la confirme) ; la migration pourra ensuite être relancée."},
    {"The number must be verified again: verify it in Embedded Signup or WhatsApp Manager; the "
     "move can then be tried again.",
     "Le numéro doit être vérifié de nouveau, dans l’inscription intégrée ou dans le "
     "Gestionnaire WhatsApp ; la migration pourra ensuite être relancée."},
    {"Too many wrong two-step PINs: turn two-step verification off in WhatsApp Manager of the "
     "old account (the e-mailed link confirms it); the move can then be tried again, as soon as "
     "Meta's wait is over.",
     "Trop de codes PIN erronés pour la vérification en deux étapes : désactivez-la dans le "
     "Gestionnaire WhatsApp de l’ancien compte (le lien reçu par e-mail confirme la "
     "désactivation) ; la migration pourra ensuite être relancée, une fois passé le délai imposé "
     "par Meta."},
    {"Two-step PINs were tried too fast: turn two-step verification off in WhatsApp Manager of "
     "the old account (the e-mailed link confirms it); the move can then be tried again, as soon "
     "as Meta's wait is over.",
     "Des codes PIN de vérification en deux étapes ont été essayés trop vite : désactivez-la "
     "dans le Gestionnaire WhatsApp de l’ancien compte (le lien reçu par e-mail confirme la "
     "désactivation) ; la migration pourra ensuite être relancée, une fois passé le délai imposé "
     "par Meta."},
    {"Meta takes no registration of this number for now (133016): it waits until 72 hours after "
     "the last one, and goes on by itself.",
     "Meta n’accepte pour l’instant aucun enregistrement de ce numéro (133016) : il attend que "
     "le dernier ait 72 heures, puis sa migration reprendra d’elle-même."},
    {"8 of the 10 registrations that Meta allows a number in 72 hours are spent, and the last 2 "
     "are kept for a person. Read why the others failed (`wabamigrate report --number NUMBER`); "
     "then `wabamigrate run --spend-last-registrations` spends them now. Without it the number "
     "goes on by itself when the oldest is 72 hours old.",
     "8 des 10 enregistrements que Meta autorise par numéro en 72 heures sont épuisés, et les 2 "
     "derniers sont réservés à une décision humaine. Lisez pourquoi les autres ont échoué "
     "(`wabamigrate report --number NUMBER`) ; `wabamigrate run --spend-last-registrations` les "
     "utilise ensuite sans attendre. Sans cela, la migration du numéro reprendra d’elle-même "
     "quand le plus ancien aura 72 heures."},
    {"9 of the 10 registrations that Meta allows a number in 72 hours are spent, and the last "
     "one is kept for a person. Read why the others failed (`wabamigrate report --number "
     "NUMBER`); then `wabamigrate run --spend-last-registrations` spends it now. Without it the "
     "number goes on by itself when the two oldest are 72 hours old.",
     "9 des 10 enregistrements que Meta autorise par numéro en 72 heures sont épuisés, et le "
     "dernier est réservé à une décision humaine. Lisez pourquoi les autres ont échoué "
     "(`wabamigrate report --number NUMBER`) ; `wabamigrate run --spend-last-registrations` "
     "l’utilise ensuite sans attendre. Sans cela, la migration du numéro reprendra d’elle-même "
     "quand les deux plus anciens auront 72 heures."},
    {"All 10 registrations that Meta allows a number in 72 hours are spent, and an 11th would "
     "block the number for as long again: it waits until enough of them are 72 hours old, and "
     "goes on by itself.",
     "Les 10 enregistrements que Meta autorise par numéro en 72 heures sont tous épuisés, et un "
     "11e bloquerait le numéro pour 72 heures de plus : il attend qu’assez d’entre eux aient 72 "
     "heures, puis sa migration reprendra d’elle-même."},
    {"The code could not be requested, most often because the number is verified already: look "
     "at code_verification_status; if it is not VERIFIED, wait an hour; the move can then be "
     "tried again.",
     "Le code n’a pas pu être demandé, le plus souvent parce que le numéro est déjà vérifié : "
     "consultez code_verification_status ; si la valeur n’est pas VERIFIED, attendez une heure ; "
     "la migration pourra ensuite être relancée."},
    {"The verification code is wrong or has expired: request a new one.",
     "Le code de vérification est erroné ou a expiré : demandez-en un nouveau."},
    {"Meta could not confirm who owns the number, or its two-step verification is still on: turn "
     "it off in WhatsApp Manager of the old account, and check that the number belongs to the "
     "business; the move can then be tried again.",
     "Meta n’a pas pu confirmer à qui appartient le numéro, ou sa vérification en deux étapes "
     "est encore active : désactivez-la dans le Gestionnaire WhatsApp de l’ancien compte et "
     "vérifiez que le numéro appartient bien à l’entreprise ; la migration pourra ensuite être "
     "relancée."},
    {"The destination has reached its limit of templates: delete what is not needed or verify "
     "the business; the move can then be tried again.",
     "Le nouveau compte a atteint son nombre maximal de modèles de message : supprimez ceux qui "
     "sont inutiles ou faites vérifier l’entreprise ; la migration pourra ensuite être relancée."},
    {"The template's content is refused: mend the template, or create it anew on the destination.",
     "Le contenu du modèle de message est refusé : corrigez le modèle, ou recréez-le sur le "
     "nouveau compte."},
    {"The WABA is being moved to another solution: settle or withdraw that move in Business "
     "settings; the move can then be tried again.",
     "Le compte WhatsApp Business est en cours de transfert vers une autre solution : ce "
     "transfert doit être mené à terme ou retiré dans les paramètres de l’entreprise ; la "
     "migration pourra ensuite être relancée."},
    {"The WABA is marked for another solution already: settle or withdraw that move in Business "
     "settings; the move can then be tried again.",
     "Le compte WhatsApp Business est déjà réservé pour une autre solution : ce transfert doit "
     "être mené à terme ou retiré dans les paramètres de l’entreprise ; la migration pourra "
     "ensuite être relancée."},
    {"The number is free, so there is nothing to migrate: add it to the new account as a new "
     "number; the move can then be tried again.",
     "Le numéro est libre : il n’y a donc rien à migrer. Ajoutez-le au nouveau compte comme "
     "nouveau numéro ; la migration pourra ensuite être relancée."},
    {"The number's display name is not approved, or a change of it is pending: have it approved "
     "at the old account; the move can then be tried again.",
     "Le nom d’affichage du numéro n’est pas approuvé, ou un changement de nom est en cours : "
     "faites-le approuver sur l’ancien compte ; la migration pourra ensuite être relancée."},
    {"Source and destination WABA belong to different business portfolios, which Meta does not "
     "allow: create the new account in the portfolio that owns the old one.",
     "L’ancien et le nouveau compte WhatsApp Business appartiennent à des portefeuilles business "
     "différents, ce que Meta n’autorise pas : créez le nouveau compte dans le portefeuille "
     "auquel appartient l’ancien."},
    {"The destination WABA or its business is not approved yet: finish business verification and "
     "wait for Meta's account review; the move can then be tried again.",
     "Le nouveau compte WhatsApp Business ou son entreprise n’est pas encore approuvé : terminez "
     "la vérification de l’entreprise et attendez l’examen du compte par Meta ; la migration "
     "pourra ensuite être relancée."},
    {"The request to message on behalf of the business has not been accepted yet: accept it in "
     "Business settings; the move can then be tried again.",
     "La demande d’envoi de messages pour le compte du client n’a pas encore été acceptée : le "
     "client doit l’accepter dans les paramètres de l’entreprise ; la migration pourra ensuite "
     "être relancée."},
    {"Meta reports an unknown fault or a bad request: if it stays, report it to Meta with the "
     "fbtrace_id, then retry.",
     "Meta signale une erreur inconnue ou une requête incorrecte : si l’erreur persiste, "
     "signalez-la à Meta avec le fbtrace_id, puis relancez."},
    {"Meta's service is down for the moment: look at Meta's status page, then retry.",
     "Le service de Meta est momentanément indisponible : consultez la page d’état de Meta, puis "
     "relancez."},
    {"Meta reports an unknown fault: if it stays, report it to Meta with the fbtrace_id, then "
     "retry.",
     "Meta signale une erreur inconnue : si elle persiste, signalez-la à Meta avec le "
     "fbtrace_id, puis relancez."},
    {"A service at Meta is overloaded or down: look at Meta's status page, then retry.",
     "Un service de Meta est surchargé ou indisponible : consultez la page d’état de Meta, puis "
     "relancez."},
    {"The account is in maintenance: it goes on by itself after a few minutes.",
     "Le compte est en maintenance : la migration reprendra d’elle-même dans quelques minutes."},
    {"The number is in maintenance: it goes on by itself after a few minutes.",
     "Le numéro est en maintenance : la migration reprendra d’elle-même dans quelques minutes."},
    {"Meta's registration server is not available: read the answer's details, then retry.",
     "Le serveur d’enregistrement de Meta n’est pas disponible : lisez les détails de la "
     "réponse, puis relancez."},
    {"The number was deleted a moment ago and Meta has not finished: it goes on by itself after "
     "five minutes.",
     "Le numéro vient d’être supprimé et Meta n’a pas terminé : la migration reprendra "
     "d’elle-même dans cinq minutes."},
    {"Meta could not migrate the number and does not say why: if it stays, report it to Meta with "
     "the fbtrace_id, then retry.",
     "Meta n’a pas pu migrer le numéro et n’en donne pas la raison : si l’erreur persiste, "
     "signalez-la à Meta avec le fbtrace_id, puis relancez."},
    {"Graph could not authenticate the token: give a valid one (the partner's system token, or "
     "for a customer's business token a new Embedded Signup), then run again.",
     "Graph n’a pas pu authentifier le token : fournissez-en un valide (le token système du "
     "partenaire ou, pour le token business d’un client, une nouvelle inscription intégrée), "
     "puis relancez le programme."},
    {"The token's session is not valid any more: give a new token, then run again.",
     "La session du token n’est plus valide : fournissez un nouveau token, puis relancez le "
     "programme."},
    {"Graph wants a token or a signature that was not accepted: give a valid token and check "
     "whether the app requires appsecret_proof, then run again.",
     "Graph demande un token ou une signature et a refusé ce qui a été envoyé : fournissez un "
     "token valide et vérifiez si l’application exige appsecret_proof, puis relancez le "
     "programme."},
    {"The token was invalidated because a password changed: make a new token, then run again.",
     "Le token a été invalidé parce qu’un mot de passe a changé : créez un nouveau token, puis "
     "relancez le programme."},
    {"The token has expired: make a new one (for a customer's business token: a new Embedded "
     "Signup), then run again.",
     "Le token a expiré : créez-en un nouveau (pour le token business d’un client : une nouvelle "
     "inscription intégrée), puis relancez le programme."},
    {"The token was invalidated: make a new one, then run again.",
     "Le token a été invalidé : créez-en un nouveau, puis relancez le programme."},
    {"The token is not valid: give a new one (for a customer's business token: a new Embedded "
     "Signup), then run again.",
     "Le token n’est pas valide : fournissez-en un nouveau (pour le token business d’un client : "
     "une nouvelle inscription intégrée), puis relancez le programme."},
    {"The app lacks the capability for this call: obtain it for the app in Meta's App Review, "
     "then retry.",
     "L’application n’est pas habilitée à cet appel : obtenez cette habilitation lors du "
     "contrôle app de Meta (App Review), puis relancez."},
    {"The object does not exist or is not visible to the token: check the id, and that the "
     "customer still shares the WABA with you, then retry.",
     "L’objet n’existe pas ou n’est pas visible pour le token : vérifiez l’identifiant, et que "
     "le client partage toujours le compte WhatsApp Business avec vous, puis relancez."},
    {"The object does not exist, is not visible to the token, or does not support this call: "
     "check the id, and that the customer still shares the WABA with you, then retry.",
     "L’objet n’existe pas, n’est pas visible pour le token ou ne permet pas cet appel : "
     "vérifiez l’identifiant, et que le client partage toujours le compte WhatsApp Business avec "
     "vous, puis relancez."},
    {"Some of the ids asked for do not exist or are not visible to the token: check the ids, and "
     "that the customer still shares the WABA with you, then retry.",
     "Certains des identifiants demandés n’existent pas ou ne sont pas visibles pour le token : "
     "vérifiez-les, et vérifiez que le client partage toujours le compte WhatsApp Business avec "
     "vous, puis relancez."},
    {"The token or the app lacks the permission for this call: grant whatsapp_business_management "
     "and whatsapp_business_messaging, then retry.",
     "Le token ou l’application n’a pas l’autorisation nécessaire à cet appel : accordez "
     "whatsapp_business_management et whatsapp_business_messaging, puis relancez."},
    {"The call left without a token, which is a fault of this program: report it, then retry.",
     "L’appel est parti sans token, ce qui est un défaut de ce programme : signalez-le, puis "
     "relancez."},
    {"The token has no access to this object, or not the permission or the task this call needs: "
     "let the customer share the WABA with you, or grant the permission, then retry.",
     "Le token n’a pas accès à cet objet, ou n’a pas l’autorisation ou la tâche nécessaire à cet "
     "appel : demandez au client de partager le compte WhatsApp Business avec vous, ou accordez "
     "l’autorisation, puis relancez."},
    {"Access is denied: grant the token whatsapp_business_management and "
     "whatsapp_business_messaging on this WABA, then retry.",
     "L’accès est refusé : accordez au token whatsapp_business_management et "
     "whatsapp_business_messaging sur ce compte WhatsApp Business, puis relancez."},
    {"Graph does not know this path or version: check graph.version in the manifest, then retry.",
     "Graph ne connaît pas ce chemin ou cette version : vérifiez graph.version dans le "
     "manifeste, puis relancez."},
    {"Graph refuses a parameter: check the ids in the manifest against the answer's details, then "
     "retry.",
     "Graph refuse un paramètre : comparez les identifiants du manifeste aux détails de la "
     "réponse, puis relancez."},
    {"Graph misses a parameter: read the answer's details, check the manifest, then retry.",
     "Il manque un paramètre à Graph : lisez les détails de la réponse, vérifiez le manifeste, "
     "puis relancez."},
    {"Graph refuses a parameter's value: read the answer's details, check the manifest, then "
     "retry.",
     "Graph refuse la valeur d’un paramètre : lisez les détails de la réponse, vérifiez le "
     "manifeste, puis relancez."},
    {"The app has made too many calls: everything of this app waits until Meta lets it in again.",
     "L’application a effectué trop d’appels : tout ce qui passe par elle attend que Meta lui "
     "rouvre l’accès."},
    {"The token's user has made too many calls: everything waits until Meta lets it in again.",
     "L’utilisateur du token a effectué trop d’appels : tout attend que Meta lui rouvre l’accès."},
    {"Too many calls: everything waits until Meta lets it in again.",
     "Trop d’appels : tout attend que Meta rouvre l’accès."},
    {"Too many calls in a short time: everything waits until Meta lets it in again.",
     "Trop d’appels en peu de temps : tout attend que Meta rouvre l’accès."},
    {"The WABA's hourly quota of calls is used up: this WABA waits until Meta lets it in again.",
     "Le quota horaire d’appels du compte WhatsApp Business est épuisé : ce compte attend que "
     "Meta rouvre l’accès."},
    {"Too much traffic on this WABA at once: it waits a moment.",
     "Trop de trafic à la fois sur ce compte WhatsApp Business : il attend un moment."},
    {"Too many messages between the same two numbers: it waits a moment.",
     "Trop de messages entre les deux mêmes numéros : il faut attendre un moment."},
    {"The WABA could not be changed, often because the portfolio has reached its number limit: "
     "raise the limit with Meta, then retry.",
     "Le compte WhatsApp Business n’a pas pu être modifié, souvent parce que le portefeuille "
     "business a atteint son nombre maximal de numéros : faites relever la limite par Meta, puis "
     "relancez."},
    {"The destination WABA has a payment problem (no line, over its limit, or currency or time "
     "zone not set): mend it in Business settings, then retry.",
     "Le nouveau compte WhatsApp Business a un problème de paiement (pas de ligne de crédit, "
     "plafond dépassé, devise ou fuseau horaire non définis) : corrigez-le dans les paramètres "
     "de l’entreprise, puis relancez."},
    {"Meta says that the number is not registered properly: look at it in WhatsApp Manager, then "
     "retry its registration.",
     "Selon Meta, le numéro n’est pas correctement enregistré : vérifiez-le dans le Gestionnaire "
     "WhatsApp, puis relancez son enregistrement."},
    {"An earlier deregistration stopped halfway: deregister the number (POST "
     "/<PHONE_NUMBER_ID>/deregister), then retry.",
     "Une annulation d’enregistrement antérieure s’est arrêtée à mi-chemin : annulez "
     "l’enregistrement du numéro (POST /<PHONE_NUMBER_ID>/deregister), puis relancez."},
    {"The number is not registered on the destination: retry its registration.",
     "Le numéro n’est pas enregistré sur le nouveau compte : relancez son enregistrement."},
    {"The number has used up its 10 registrations in 72 hours: it waits 72 hours; do not register "
     "it elsewhere meanwhile.",
     "Le numéro a épuisé ses 10 enregistrements en 72 heures : il attend 72 heures ; ne "
     "l’enregistrez pas ailleurs entre-temps."},
    {"The credit line is shared with this business already: compare the allocation with the "
     "WABA's funding.",
     "La ligne de crédit est déjà partagée avec cette entreprise : comparez l’attribution au "
     "financement du compte WhatsApp Business."},
    {"The number is in this WABA already: read its id from the WABA's list of numbers.",
     "Le numéro est déjà dans ce compte WhatsApp Business : relevez son identifiant dans la "
     "liste des numéros du compte."},
    {"No code can be requested because the number is not migrating: if it is VERIFIED go on, else "
     "register it as a plain number.",
     "Aucun code ne peut être demandé, car le numéro n’est pas en cours de migration : s’il est "
     "VERIFIED, continuez ; sinon, enregistrez-le comme un numéro ordinaire."},
    {"No code can be verified because the number is not migrating: if it is VERIFIED go on, else "
     "register it as a plain number.",
     "Aucun code ne peut être vérifié, car le numéro n’est pas en cours de migration : s’il est "
     "VERIFIED, continuez ; sinon, enregistrez-le comme un numéro ordinaire."},
    {"This belongs to WhatsApp Business app coexistence, which is no move between WABAs: cancel "
     "this number.",
     "Cette erreur relève de la coexistence avec l’application WhatsApp Business, qui n’est pas "
     "une migration entre comptes WhatsApp Business : annulez ce numéro."},
    {"The flow does not exist on the source WABA: take it off the list of flows.",
     "Le flow n’existe pas sur l’ancien compte WhatsApp Business : retirez-le de la liste des "
     "flows."},
    {"Marketing Messages onboarding has been requested already: nothing to do.",
     "L’activation de Marketing Messages a déjà été demandée : rien à faire."},
    {"No app is subscribed to the destination WABA: subscribe yours (the subscribe_webhooks "
     "step), then retry.",
     "Aucune application n’est abonnée au nouveau compte WhatsApp Business : abonnez la vôtre "
     "(étape subscribe_webhooks), puis relancez."},
    {"The destination WABA has no active payment method: share the credit line (the "
     "share_credit_line step) or let the customer add a card, then retry.",
     "Le nouveau compte WhatsApp Business n’a pas de moyen de paiement actif : partagez la ligne "
     "de crédit (étape share_credit_line) ou demandez au client d’ajouter une carte, puis "
     "relancez."},
    {"Meta refuses the migration for a reason given only in the answer's title: read the kept "
     "answer, mend what it names, then retry.",
     "Meta refuse la migration pour un motif donné uniquement dans le titre de la réponse : "
     "lisez la réponse conservée, corrigez ce qu’elle indique, puis relancez."},
    {"The source WABA is not approved, or still in the old on-behalf-of model: the customer or "
     "the source partner has it approved, then retry.",
     "L’ancien compte WhatsApp Business n’est pas approuvé, ou relève encore de l’ancien modèle "
     "« au nom de » (on-behalf-of) : le client ou l’ancien partenaire doit le faire approuver ; "
     "relancez ensuite."},

    /* ---- remedies that stand elsewhere in the source ---- */
    {"Read its story with `wabamigrate report --number NUMBER`, then decide: `wabamigrate retry` "
     "or `wabamigrate cancel`.",
     "Lisez son historique avec `wabamigrate report --number NUMBER`, puis décidez : "
     "`wabamigrate retry` ou `wabamigrate cancel`."},
    {"Go through Embedded Signup on the partner's page with this number.",
     "Effectuez l’inscription intégrée sur la page du partenaire avec ce numéro."},
    {"Send the partner the six-digit code that WhatsApp sent to the number by SMS or voice. It lives "
     "some minutes only; the partner can have a new one sent.",
     "Communiquez au partenaire le code à six chiffres que WhatsApp a envoyé à ce numéro par SMS ou "
     "par appel. Il n’est valable que quelques minutes ; le partenaire peut en faire envoyer un "
     "nouveau."},
    {"Send the partner the six-digit code that WhatsApp sent to the number last.",
     "Communiquez au partenaire le dernier code à six chiffres que WhatsApp a envoyé à ce numéro."},
    {"Meta did not take the code: it is mistyped, or has expired. Send the partner the code that "
     "WhatsApp sent last, or ask for a new one.",
     "Meta n’a pas accepté le code : il est mal recopié, ou il a expiré. Communiquez au partenaire "
     "le dernier code que WhatsApp a envoyé, ou demandez-lui d’en faire envoyer un nouveau."},
    {"The number's verification has expired. When the customer is there to read a code, "
     "`wabamigrate retry` with the number has a new one sent.",
     "La vérification du numéro a expiré. Quand le client est là pour lire un code, "
     "`wabamigrate retry` avec le numéro en fait envoyer un nouveau."},
    {"See that the number takes SMS and calls from abroad and that no machine answers them; the move "
     "can then be tried again.",
     "Veillez à ce que le numéro reçoive les SMS et les appels de l’étranger, et à ce qu’aucun "
     "répondeur ne les prenne ; la migration pourra alors être retentée."},
    {"Meta does not see this number on its way from one WABA to another: look at it in WhatsApp "
     "Manager; where it is a plain number of the new account, verify it there, then retry.",
     "Meta ne voit pas ce numéro en cours de migration d’un compte WhatsApp Business à un autre : "
     "regardez-le dans WhatsApp Manager ; s’il est un simple numéro du nouveau compte, "
     "vérifiez-le là, puis réessayez."},
    {"Meta says that the number is in the destination WABA, but does not list it there: look for it "
     "in WhatsApp Manager, set phone_number_id in the manifest, then retry.",
     "Meta dit que le numéro est dans le compte WhatsApp Business de destination, mais ne l’y "
     "énumère pas : cherchez-le dans WhatsApp Manager, indiquez phone_number_id dans le manifeste, "
     "puis réessayez."},
    {"Nothing to do now: before the number moves, WhatsApp sends it a code by SMS or voice, and the "
     "customer passes it on.",
     "Rien à faire pour le moment : avant la migration, WhatsApp envoie au numéro un code par SMS "
     "ou par appel, et le client le communique."},
    {"Tell the partner the code that WhatsApp sent to the number.",
     "Communiquez au partenaire le code que WhatsApp a envoyé à ce numéro."},
    {"A token is missing, refused or expired. Renew it where the manifest says it is found, and "
     "run again; `wabamigrate doctor` says which one.",
     "Un token manque, est refusé ou a expiré. Renouvelez-le à l’endroit indiqué par le "
     "manifeste, puis relancez le programme ; `wabamigrate doctor` indique lequel."},
    {"Nothing to do: a later run goes on by itself.",
     "Rien à faire : une exécution ultérieure reprendra d’elle-même."},
    {"Go through Embedded Signup with the link from the partner; the number stays in service "
     "meanwhile.",
     "Effectuez l’inscription intégrée avec le lien transmis par le partenaire ; le numéro reste "
     "en service pendant ce temps."},
    {"The signup's code could not be used any more, and the new account is not shared with the "
     "partner: go through Embedded Signup once more.",
     "Le code de l’inscription n’a plus pu être utilisé et le nouveau compte n’est pas partagé "
     "avec le partenaire : effectuez l’inscription intégrée une nouvelle fois."},
    {"The signup's code could not be used any more, and your own token is needed to attach the "
     "credit line: go through Embedded Signup once more.",
     "Le code de l’inscription n’a plus pu être utilisé, et votre propre jeton est nécessaire pour "
     "rattacher la ligne de crédit : effectuez l’inscription intégrée une nouvelle fois."},
    {"The new account is not visible to the partner: share it with the partner's portfolio "
     "(Embedded Signup does so).",
     "Le nouveau compte n’est pas visible pour le partenaire : partagez-le avec le portefeuille "
     "business du partenaire (l’inscription intégrée le fait)."},
    {"Grant the token whatsapp_business_management and whatsapp_business_messaging, then run "
     "again.",
     "Accordez au token whatsapp_business_management et whatsapp_business_messaging, puis "
     "relancez le programme."},
    {"Give the partner's system token (partner.system_token in the manifest), then run again.",
     "Fournissez le token système du partenaire (partner.system_token dans le manifeste), puis "
     "relancez le programme."},
    {"Meta copies templates between WABAs of one business only: look at who owns the source and the "
     "destination, or set `templates` to `leave` for this customer. Then retry.",
     "Meta ne copie les modèles qu’entre comptes WhatsApp Business d’une même entreprise : regardez à "
     "qui appartiennent le compte source et le compte de destination, ou indiquez `leave` pour "
     "`templates` de ce client. Relancez ensuite."},
    {"Set partner.business_id in the manifest, then retry.",
     "Indiquez partner.business_id dans le manifeste, puis relancez."},
    {"Send the customer the signup link, or set destination_waba_id, then retry.",
     "Envoyez au client le lien d’inscription, ou indiquez destination_waba_id, puis relancez."},
    {"Set phone_number_id in the manifest, or let the customer repeat Embedded Signup with this "
     "number, then retry.",
     "Indiquez phone_number_id dans le manifeste, ou faites refaire l’inscription intégrée par "
     "le client avec ce numéro, puis relancez."},
    {"Set waba_currency in the manifest; it cannot be changed once a line is attached. Then retry.",
     "Indiquez waba_currency dans le manifeste ; la devise ne peut plus être changée une fois "
     "une ligne de crédit rattachée. Relancez ensuite."},
    {"Set the customer's business_id in the manifest, then retry.",
     "Indiquez le business_id du client dans le manifeste, puis relancez."},
    {"Set partner.system_user_id to the system user whose token this is, then retry.",
     "Indiquez dans partner.system_user_id l’utilisateur système auquel appartient ce token, "
     "puis relancez."},
    {"This is a fault of the program: report it, then run `wabamigrate check`.",
     "C’est un défaut du programme : signalez-le, puis lancez `wabamigrate check`."},
    {"This is a fault of the program: report it, then retry.",
     "C’est un défaut du programme : signalez-le, puis relancez."},
    {"The registration was accepted, but the destination WABA does not show the number as "
     "CONNECTED: look at it in WhatsApp Manager, ask Meta if it stays, then retry.",
     "L’enregistrement a été accepté, mais le nouveau compte WhatsApp Business n’affiche pas le "
     "numéro comme CONNECTED : vérifiez-le dans le Gestionnaire WhatsApp, interrogez Meta si "
     "cela persiste, puis relancez."},
    {"With credit_method sharing_then_attach the customer's own token attaches the credit line, and "
     "without the app secret the signup's code cannot be exchanged for it: set partner.app_secret in "
     "the manifest, then run again.",
     "Avec credit_method sharing_then_attach, c’est le jeton du client qui rattache la ligne de "
     "crédit, et sans la clé secrète de l’app le code d’inscription ne peut pas être échangé contre "
     "ce jeton : renseignez partner.app_secret dans le manifeste, puis relancez."},
    {"Check partner.app_id and partner.app_secret, then retry; the code has expired by then, so "
     "the customer may have to sign up again.",
     "Vérifiez partner.app_id et partner.app_secret, puis relancez ; le code aura expiré "
     "entre-temps, et le client devra peut-être refaire l’inscription."},
    {"Meta says that the number is registered, but the destination WABA does not show it as "
     "CONNECTED: look at it in WhatsApp Manager, then retry.",
     "Selon Meta, le numéro est enregistré, mais le nouveau compte WhatsApp Business ne "
     "l’affiche pas comme CONNECTED : vérifiez-le dans le Gestionnaire WhatsApp, puis relancez."},
    {"Set data_localization_region to two capital letters, such as DE, then retry.",
     "Indiquez dans data_localization_region deux lettres majuscules, par exemple DE, puis "
     "relancez."},
    {"Meta says that the line is shared with this business already, but lists no allocation: look "
     "at the credit line in Business settings, then retry.",
     "Selon Meta, la ligne de crédit est déjà partagée avec cette entreprise, mais aucune "
     "attribution n’est listée : vérifiez la ligne de crédit dans les paramètres de "
     "l’entreprise, puis relancez."},
    {"Look at the WABA's payment settings in Business settings; if the allocation is older than "
     "this WABA, set credit_method to sharing_then_attach. Then retry.",
     "Vérifiez les paramètres de paiement du compte WhatsApp Business dans les paramètres de "
     "l’entreprise ; si l’attribution est antérieure à ce compte, réglez credit_method sur "
     "sharing_then_attach. Relancez ensuite."},
    {"The WABA is funded by something else, and an attached line cannot be replaced: let the "
     "customer create a new WABA, or take credit_line_id out for this customer. Then retry.",
     "Le compte WhatsApp Business a un autre financement, et une ligne rattachée ne peut pas "
     "être remplacée : demandez au client de créer un nouveau compte WhatsApp Business, ou "
     "retirez credit_line_id pour ce client. Relancez ensuite."},
    {"Graph refused without saying why: look at the kept answer, ask Meta with the time of the "
     "attempt, then retry.",
     "Graph a refusé sans dire pourquoi : consultez la réponse conservée, interrogez Meta en "
     "indiquant l’heure de la tentative, puis relancez."},
    {"Each time Graph failed to answer, and reading showed that nothing had happened: look at "
     "Meta's status page and at the kept answers, then retry.",
     "Chaque fois, Graph n’a pas répondu, et la lecture a montré que rien ne s’était produit : "
     "consultez la page d’état de Meta et les réponses conservées, puis relancez."},
    {"This program does not know the error: read the kept answer (its title, message and "
     "details), mend what it names, then retry.",
     "Ce programme ne connaît pas cette erreur : lisez la réponse conservée (titre, message et "
     "détails), corrigez ce qu’elle indique, puis relancez."},
    {"Meta reports a passing fault that this program does not know: read the kept answer; if it "
     "stays, report it to Meta with the fbtrace_id, then retry.",
     "Meta signale une erreur passagère que ce programme ne connaît pas : lisez la réponse "
     "conservée ; si l’erreur persiste, signalez-la à Meta avec le fbtrace_id, puis relancez."},
    {"Graph answers without a readable error: look at Meta's status page and at whatever stands "
     "between here and Graph, then retry.",
     "Graph répond sans erreur lisible : consultez la page d’état de Meta et vérifiez ce qui se "
     "trouve entre ce poste et Graph, puis relancez."},
    {"Something other than Graph seems to have answered: check --graph-url, the proxy and the "
     "network, then retry.",
     "Autre chose que Graph semble avoir répondu : vérifiez --graph-url, le proxy et le réseau, "
     "puis relancez."},
    {"Meta refuses the credit line for this business: make sure that the system user is Admin or "
     "Financial Editor of your portfolio and that the line is yours; else ask your Meta contact, "
     "or leave credit_line_id out so that the customer pays Meta itself. Then retry.",
     "Meta refuse la ligne de crédit pour cette entreprise : assurez-vous que l’utilisateur "
     "système est administrateur ou responsable financier (Admin ou Financial Editor) de votre "
     "portefeuille business et que la ligne est bien la vôtre ; sinon, adressez-vous à votre "
     "contact chez Meta, ou retirez credit_line_id pour que le client paie Meta lui-même. "
     "Relancez ensuite."},
};
/* clang-format on */

const struct language LANGUAGE_FR = {"fr", "Français", texts, sizeof texts / sizeof texts[0]};
