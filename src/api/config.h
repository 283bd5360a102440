/* config.h - the configuration an engine gets if nobody says otherwise. */
#ifndef CW_API_CONFIG_H
#define CW_API_CONFIG_H

#include "run/objects.h"

void cw_config_default(Config *config);

#endif
