/** Rows in the form of the FBI's list, of agencies that we have made up: no ORI with SYN in it was ever given out. */
export const AGENCY_LIST = `ori,agency_name,agency_type,county_name,state_abbr,latitude,longitude,reports_nibrs_2018
AL001SYN1,Synthetic Police Department,City,SHELBY; JEFFERSON; ST CLAIR,AL,33.5,-86.8,0
MO001SYN1,"Synthetic Sheriff's Office, St. Louis County",County,ST LOUIS,MO,38.6,-90.2,0
MO001SYN2,Synthetic Metropolitan Police,City,ST LOUIS CITY,MO,38.6,-90.2,0
IL001SYN1,Synthetic College,University or College,DE KALB,IL,41.8,-88.7,0
NB001SYN1,Synthetic Marshal,Other,LANCASTER,NB,40.7,-96.6,0
CA001SYN1,Synthetic Highway Patrol: Alameda County,State Police,ALAMEDA,CA,37.6,-121.8,0
GM001SYN1,Synthetic Parks,Other State Agency,,GM,,,0
AZ001SYN1,Synthetic Tribal Police,Tribal,,AZ,,,0
KS001SYN1,Synthetic Fire Department,Other,,KS,,,0
TX001SYN1,Synthetic Constable,County,HARRIS; NOWHERE,TX,29.7,-95.3,0
`;
